//! `check`: every kind of program, with its sentence and its exit code.

use crate::course::{COUNT, COUNT_TODO, Course, WORK};

#[test]
fn an_untouched_course_is_an_invitation_and_stays_untouched() {
    let course = Course::fresh();
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "o  1 alpha   0/10  not started",
        "Step 1 of 2: Work",
        "Edit   quest-01-alpha/src/learner.rs:6",
        "cargo xtask hint 1",
    ]);
    run.never_says(&["panicked", "error"]);
    assert_eq!(course.learner("quest-01-alpha"), course.stub("quest-01-alpha"));
}

#[test]
fn a_quest_that_passes_hands_on_to_the_next() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["+  1 alpha  10/10  passed", "Now you know that work takes time.", "Next   quest 2: The second one"]);
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["+  1 alpha  10/10  passed", "o  2 beta    0/10  not started", "Quest 2: The second one"]);
}

#[test]
fn the_standing_is_one_line_after_the_list_of_all_quests() {
    let course = Course::fresh();
    course.run(&["check"]).says(&["0 of 20 points, 0 of 2 quests done. Next: quest 1, The first one.\n"]);
    course.write("quest-01-alpha", &format!("{WORK}{COUNT_TODO}"));
    course.run(&["check"]).says(&["5 of 20 points, 0 of 2 quests done. Next: quest 1, The first one.\n"]);
    // For some of the quests, it would be wrong.
    course.run(&["check", "1"]).never_says(&["quests done"]);
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    course.run(&["check"]).says(&["10 of 20 points, 1 of 2 quests done. Next: quest 2, The second one.\n"]);
}

#[test]
fn what_was_learned_is_shown_once_between_two_quests() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    let words = "Quest 1 passed: The first one\n  Now you know that work takes time.\n\nQuest 2: The second one\n";
    course.run(&["check"]).says(&[words]);
    // A learner who has begun the next quest has read it.
    course.write("quest-02-beta", "use timeline::record;\npub fn greet(name: &str) {\n    record(name, \"bye\");\n}\n");
    let run = course.run(&["check"]);
    run.says(&["Quest 2: The second one"]);
    run.never_says(&["Quest 1 passed", "work takes time"]);
}

#[test]
fn the_end_of_the_course_says_what_was_built_and_where_to_go() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    std::fs::copy(course.root().join("solutions/src/quest_02_beta.rs"), course.path("quest-02-beta")).unwrap();
    let run = course.run(&["check"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&[
        "20 of 20 points, all 2 quests done.",
        "Now you can greet.",
        "the course is done",
        "You have built timers, a task queue,",
        "https://tokio.rs/tokio/tutorial",
        "https://github.com/tokio-rs/mini-redis",
        "https://github.com/smol-rs/async-executor",
        "https://rust-lang.github.io/async-book/",
    ]);
    let run = course.run(&["check", "2"]);
    run.says(&["Quest 2 passed", "Now you can greet."]);
    run.never_says(&["the course is done"]);
}

#[test]
fn a_wrong_timeline_is_shown_next_to_the_expected_one() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &WORK.replace("thread::sleep(delay);", "thread::sleep(delay / 3);"));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    // `count` is missing, so the tests do not compile: that comes first.
    run.says(&["does not compile", "tests/quest.rs"]);
    course.write(
        "quest-01-alpha",
        &format!("{}{COUNT_TODO}", WORK.replace("thread::sleep(delay);", "thread::sleep(delay / 3);")),
    );
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "x  1 alpha   0/10  3 of 3 tests red",
        "expected                              | seen",
        "       0 ms  a  started                 |      0 ms  a  started",
        ">   3000 ms  a  finished                !   1000 ms  a  finished",
        "After this test, 2 more tests of this quest remain.",
        "Edit   quest-01-alpha/src/learner.rs:3",
    ]);
}

#[test]
fn a_quest_half_done_is_underway() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT_TODO}"));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[">  1 alpha   5/10  1 of 3 tests to go", "Step 2 of 2: Count", "Not started"]);
}

#[test]
fn a_red_scenario_says_that_it_halves_the_points() {
    let course = Course::fresh();
    let quest = course.root().join("quest-01-alpha");
    for (old, new) in [("points = 5", "points = 0"), ("points = 2", "points = 7"), ("count_adds_up", "scenario")] {
        course.edit("quest-01-alpha/Cargo.toml", old, new);
    }
    course.edit("quest-01-alpha/tests/quest.rs", "count_adds_up", "scenario");
    let snapshots = quest.join("tests/snapshots");
    std::fs::copy(snapshots.join("count_adds_up.snap"), snapshots.join("scenario.snap")).unwrap();
    course.write("quest-01-alpha", &format!("{WORK}{}", COUNT.replace("sum()", "sum::<u32>() + 1")));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    let cap = "The scenario fails, so the quest earns at most half: 5 of its 10 points.";
    run.says(&["5/10  1 of 3 tests red: at most half of the points", cap]);
    let run = course.run(&["check", "1", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json["quests"][0]["earned"], &json["quests"][0]["capped"]), (&5.into(), &true.into()));
    // A quest that has not earned half loses nothing, and one that passes does not mention the limit.
    course.write("quest-01-alpha", &format!("{}{COUNT_TODO}", WORK.replace("delay);", "delay / 3);")));
    course.run(&["check", "1"]).never_says(&["at most half"]);
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    course.run(&["check", "1"]).never_says(&["at most half"]);
}

#[test]
fn json_says_the_same() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT_TODO}"));
    let run = course.run(&["check", "--format", "json"]);
    assert_eq!(run.code, 1, "{run}");
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["quests"][0]["earned"], 5);
    assert_eq!(json["quests"][0]["state"], "underway");
    assert_eq!(json["quests"][0]["tests"][2]["verdict"], "not-started");
    assert_eq!(json["quests"][1]["state"], "not-started");
    assert_eq!(json["next"]["test"], "count_adds_up");
    assert_eq!(json["next"]["line"], 9);
}

#[test]
fn a_file_that_is_missing_or_no_text_costs_its_own_quest_only() {
    let course = Course::fresh();
    std::fs::remove_file(course.path("quest-01-alpha")).unwrap();
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "rejected",
        "quest-01-alpha/src/learner.rs is missing",
        "cargo xtask reset 1",
        "2 beta    0/10  not started",
    ]);
    assert_eq!(course.run(&["reset", "1", "--yes"]).code, 0);
    assert_eq!(course.learner("quest-01-alpha"), course.stub("quest-01-alpha"));

    course.write_bytes("quest-01-alpha", b"// fine\n// \xff\n");
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["is not UTF-8 text: line 2", "2 beta    0/10  not started"]);
    assert_eq!(course.learner("quest-01-alpha"), b"// fine\n// \xff\n");
}

#[test]
fn a_syntax_error_is_shown_in_the_compilers_words() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "// one\npub fn work( {\n");
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "does not compile",
        "this file contains an unclosed delimiter",
        "Edit   quest-01-alpha/src/learner.rs:2",
        "2 beta    0/10  not started",
    ]);
    run.never_says(&["\u{1b}["]);
}

#[test]
fn an_error_where_the_code_is_called_leads_to_the_code() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{}", COUNT.replace("&[u32]", "&Vec<u32>")));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    let line = WORK.lines().count() + 1;
    let place = format!("Edit   quest-01-alpha/src/learner.rs:{line}\n");
    run.says(&["does not compile", "quest-01-alpha/tests/quest.rs:29", "where your code is called", &place]);
}

// Elsewhere, a sleeping process cannot be detected and not every limit can be set: the verdict there is out of time.
#[cfg(target_os = "linux")]
#[test]
fn what_never_ends_costs_its_own_tests_only() {
    let course = Course::fresh();
    let cases = [
        ("loop { std::hint::black_box(0); }", "out-of-time"),
        ("let (_s, r) = std::sync::mpsc::channel::<()>(); let _ = r.recv(); drop(_s)", "blocked-outside-virtual-time"),
        ("loop { std::thread::sleep(std::time::Duration::from_millis(3)); }", "blocked-outside-virtual-time"),
        ("let (_s, r) = timeline::sync::mpsc::channel::<()>(); let _ = r.recv(); drop(_s)", "deadlocked"),
        ("fn f(n: u64) -> u64 { if n == 0 { 0 } else { 1 + f(std::hint::black_box(n + 1)) } } f(1);", "stack-overflow"),
        ("let line = \"x\".repeat(1000); loop { println!(\"{line}\"); }", "too-much-output"),
        ("std::hint::black_box(vec![1_u8; 3 << 30]);", "out-of-memory"),
        ("std::process::exit(0)", "ended-early"),
        ("std::process::abort()", "ended-early"),
        ("panic!(\"no idea\")", "panicked"),
    ];
    for (body, verdict) in cases {
        let count = format!(
            "#[allow(unconditional_recursion, unreachable_code, unused)]\npub fn count(n: &[u32]) -> u32 {{ {body}; 0 }}"
        );
        course.write("quest-01-alpha", &format!("{WORK}{count}"));
        let run = course.run(&["check", "1", "--format", "json"]);
        assert_eq!(run.code, 1, "{run}");
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["quests"][0]["earned"], 5, "{body}: {run}");
        // Nothing but the simulation has virtual time: elsewhere the mirror of std blocks as std does.
        let seen = json["quests"][0]["tests"][2]["verdict"].as_str().unwrap();
        let expected = if verdict == "deadlocked" { "blocked-outside-virtual-time" } else { verdict };
        assert_eq!(seen, expected, "{body}: {run}");
    }
}

#[test]
fn a_deadlock_report_says_which_thread_waits() {
    let course = Course::fresh();
    let work = "let (_sender, receiver) = timeline::sync::mpsc::channel::<()>(); let _ = receiver.recv();";
    course.write("quest-01-alpha", &format!("{}{COUNT_TODO}", WORK.replace("thread::sleep(delay);", work)));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["Deadlock:", "Recorded up to that point:", "     0 ms  a  started"]);
}

#[cfg(target_os = "linux")]
#[test]
fn std_where_the_mirror_is_meant_is_named_with_its_line() {
    let course = Course::fresh();
    course.write(
        "quest-01-alpha",
        &format!("{}{COUNT_TODO}", WORK.replace("thread::sleep(delay);", "std::thread::sleep(delay);")),
    );
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "Blocked outside virtual time",
        "quest-01-alpha/src/learner.rs:5: std::thread::sleep",
        "timeline::thread::sleep",
    ]);
}

#[test]
fn what_the_learner_prints_is_shown() {
    let course = Course::fresh();
    course.write(
        "quest-01-alpha",
        &format!("{}{COUNT_TODO}", WORK.replace("thread::sleep(delay);", "println!(\"here I am\"); dbg!(delay);")),
    );
    course.run(&["check", "1"]).says(&["Your code printed:", "    here I am", "delay = 3s"]);
}

#[test]
fn a_file_put_back_with_an_old_time_stamp_is_judged_anew() {
    let course = Course::fresh();
    let right = format!("{WORK}{COUNT}");
    course.write("quest-01-alpha", &right);
    assert_eq!(course.run(&["check", "1"]).code, 0);
    course.write("quest-01-alpha", &right.replace("sum()", "product()"));
    assert_eq!(course.run(&["check", "1"]).code, 0, "1 · 2 · 3 is 6, too");
    course.write("quest-01-alpha", &right.replace("sum()", "sum::<u32>() + 1"));
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().write(true).open(course.path("quest-01-alpha")).unwrap().set_modified(hour_ago).unwrap();
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 1, "{run}");
}

/// The verdict is the same whatever options a shell, a build service or a configuration file gives the compiler.
#[test]
fn no_setting_of_this_machine_changes_a_verdict() {
    let course = Course::fresh();
    let unused = "pub fn count(numbers: &[u32]) -> u32 {\n    let unused = 1;\n    numbers.iter().sum()\n}\n";
    course.write("quest-01-alpha", &format!("{WORK}{unused}"));
    let triple = "x86_64_unknown_linux_gnu".to_uppercase();
    for (name, value) in [
        ("RUSTFLAGS", "-Dwarnings"),
        ("CARGO_ENCODED_RUSTFLAGS", "-Dwarnings"),
        ("CARGO_BUILD_RUSTFLAGS", "-Dwarnings"),
        (&format!("CARGO_TARGET_{triple}_RUSTFLAGS"), "-Dwarnings"),
        ("CARGO_BUILD_WARNINGS", "deny"),
        ("CARGO_BUILD_TARGET", "wasm32-unknown-unknown"),
        ("CARGO_BUILD_TARGET_DIR", "elsewhere"),
        ("CARGO_TARGET_DIR", "elsewhere"),
        ("RUSTC_WRAPPER", "no-such-wrapper"),
        ("RUSTC_WORKSPACE_WRAPPER", "no-such-wrapper"),
        ("CARGO_BUILD_RUSTC_WRAPPER", "no-such-wrapper"),
        ("CARGO_PROFILE_DEV_PANIC", "abort"),
        ("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false"),
        ("CARGO_PROFILE_DEV_OPT_LEVEL", "wrong"),
    ] {
        let output = course.command(&["check", "1"]).env(name, value).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{name}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let settings = "[build]\ntarget = \"wasm32-unknown-unknown\"\nrustflags = [\"-Dwarnings\"]\n\
                    rustc-wrapper = \"no-such-wrapper\"\ntarget-dir = \"elsewhere\"\n\
                    [target.'cfg(all())']\nrustflags = [\"-Dwarnings\"]\n\
                    [profile.dev]\nopt-level = 3\npanic = \"abort\"\noverflow-checks = false\n";
    std::fs::create_dir_all(course.root().join(".cargo")).unwrap();
    std::fs::write(course.root().join(".cargo/config.toml"), settings).unwrap();
    let run = course.run(&["check", "1"]);
    std::fs::remove_dir_all(course.root().join(".cargo")).unwrap();
    assert_eq!(run.code, 0, "{run}");
    assert!(!course.root().join("elsewhere").exists());
}
