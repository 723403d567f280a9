//! The other commands of a learner.

use crate::course::{COUNT, COUNT_TODO, Course, WORK};

#[test]
fn the_reference_passes_whatever_the_learner_has() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "syntax error");
    let run = course.run(&["check", "--reference"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(course.run(&["mode", "reference"]).code, 0);
    assert_eq!(course.run(&["check"]).code, 0);
    assert_eq!(course.run(&["mode", "learner"]).code, 0);
    assert_eq!(course.run(&["check"]).code, 1);
    assert_eq!(course.learner("quest-01-alpha"), b"syntax error");
}

#[test]
fn a_timeline_is_drawn_and_written() {
    let course = Course::fresh();
    let run = course.run(&["timeline", "1", "--reference"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["Everything happened as expected.", "a  [---", "[ started   ] finished"]);
    run.says(&["cargo xtask timeline 1 work_takes_its_time --reference --html target/timeline.html"]);
    course.write(
        "quest-01-alpha",
        &format!("{}{COUNT_TODO}", WORK.replace("thread::sleep(delay);", "thread::sleep(delay / 3);")),
    );
    let run = course.run(&["timeline", "1", "--html", "page.html", "--svg", "pictures/a.svg"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["First difference (^): at 1000 ms a finished; expected at 3000 ms.", "Written: page.html"]);
    let [page, svg] =
        ["page.html", "pictures/a.svg"].map(|file| std::fs::read_to_string(course.root().join(file)).unwrap());
    assert!(page.contains("at 1000 ms a finished; expected at 3000 ms") && svg.contains("a (expected)"), "{svg}");
    let run = course.run(&["timeline", "1", "no_such_test"]);
    assert_eq!(run.code, 2, "{run}");
    run.says(&["quest 1 has no test `no_such_test`; its tests are:"]);
}

#[test]
fn names_of_quests() {
    let course = Course::fresh();
    let run = course.run(&["check", "3"]);
    assert_eq!(run.code, 2, "{run}");
    run.says(&["there is no quest `3`", "1 alpha, 2 beta"]);
    let run = course.run(&["check", "beta", "02", "quest-02-beta"]);
    assert_eq!(run.code, 1, "{run}");
    assert_eq!(run.stdout.matches("2 beta").count(), 1, "{run}");
    assert_eq!(course.run(&["check", "--no-such-option"]).code, 2);
    assert_eq!(course.run(&["no-such-command"]).code, 2);
}

#[test]
fn hints_come_one_by_one_for_the_step_that_check_led_to() {
    let course = Course::fresh();
    course.run(&["hint", "1", "--again"]).says(&[
        "Of this quest's 3 hints, you have seen 0.",
        "There are 2 more hints for this step: cargo xtask hint 1",
    ]);
    let run = course.run(&["hint", "1"]);
    run.says(&["Work", "Hint 1: gentle", "one more hint for this step"]);
    run.never_says(&["Hint 2"]);
    course.run(&["hint", "alpha"]).says(&["Hint 2: clearer", "the last hint for this step"]);
    let run = course.run(&["hint", "1"]);
    run.says(&["You have seen all 2 hints for the step `Work`"]);
    run.never_says(&["Hint 3"]);
    course.run(&["hint", "1", "--again"]).says(&[
        "Hint 1",
        "Hint 2",
        "you have seen 2.",
        "That was the last hint for this step.",
    ]);

    course.write("quest-01-alpha", &format!("{WORK}{COUNT_TODO}"));
    assert_eq!(course.run(&["check", "1"]).code, 1);
    course.run(&["hint", "1"]).says(&["Count", "Hint 3: explicit", "# let numbers", "the last hint for this step"]);
    course.run(&["hint", "2", "--all"]).says(&["Hint 1", "Hint 2", "Hint 3"]);
}

#[test]
fn reset_keeps_the_file_and_asks() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "// my work\n");
    let run = course.run(&["reset", "1"]);
    assert_eq!(run.code, 2, "{run}");
    assert_eq!(course.learner("quest-01-alpha"), b"// my work\n");
    let run = course.run(&["reset", "1", "--yes"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(course.learner("quest-01-alpha"), course.stub("quest-01-alpha"));
    assert_eq!(std::fs::read(course.root().join(".course/kept/quest-01-alpha/learner-1.rs")).unwrap(), b"// my work\n");
}

#[test]
fn the_solution_is_for_those_who_passed_or_insist() {
    let course = Course::fresh();
    let run = course.run(&["solution", "2"]);
    assert_eq!(run.code, 1, "{run}");
    run.never_says(&["go away", "record(name"]);
    let run = course.run(&["solution", "2", "--spoil"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["It works because it greets.", "record(name, \"hello\")"]);
}

#[test]
fn the_demo_runs() {
    let course = Course::fresh();
    let run = course.run(&["run", "2"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["the demo of beta"]);
}

#[test]
fn a_copy_without_solutions_says_so_and_judges_the_learner_as_ever() {
    let course = Course::fresh();
    assert_eq!(course.run(&["mode", "reference"]).code, 0);
    for module in ["quest_01_alpha.rs", "quest_02_beta.rs"] {
        std::fs::remove_file(course.root().join("solutions/src").join(module)).unwrap();
    }
    let commands: [&[&str]; 3] =
        [&["check", "--reference"], &["run", "2", "--reference"], &["timeline", "1", "--reference"]];
    for command in commands {
        let run = course.run(command);
        assert_eq!(run.code, 2, "{command:?}: {run}");
        assert_eq!(run.stdout, "", "{command:?}");
        assert_eq!(run.stderr, "error: this copy of the course contains no solutions: it was made for learners\n");
    }
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}"));
    let run = course.run(&["check", "1"]);
    assert_eq!(run.code, 0, "{run}");
    run.never_says(&["cargo xtask solution"]);
    course.run(&["hint", "1", "--all"]);
    course.run(&["hint", "1"]).never_says(&["cargo xtask solution"]);
}

#[test]
fn help_lists_the_commands_that_work_in_this_copy() {
    let course = Course::fresh();
    let has = |words: &str| course.run(&["--help"]).stdout.contains(words);
    assert!(has("  check ") && has("  solution ") && has("  mode "));
    assert!(!has("  grade ") && !has("  verify "), "there is no instructors' part");
    course.run(&["check", "--help"]).says(&["--reference"]);
    for module in ["quest_01_alpha.rs", "quest_02_beta.rs"] {
        std::fs::remove_file(course.root().join("solutions/src").join(module)).unwrap();
    }
    assert!(has("  check ") && !has("  solution ") && !has("  mode "));
    course.run(&["check", "--help"]).never_says(&["--reference"]);
    for command in ["verify", "ci", "grade", "handout", "solution", "mode"] {
        let run = course.run(&[command]);
        assert_eq!(run.code, 2, "{command}: {run}");
        run.says(&[&format!("unrecognized subcommand '{command}'")]);
    }
    std::fs::create_dir_all(course.root().join("xtask/staff")).unwrap();
    std::fs::write(course.root().join("xtask/staff/Cargo.toml"), "").unwrap();
    assert!(has("  grade ") && has("  verify "));
    std::fs::remove_dir_all(course.root().join("xtask/staff")).unwrap();
}

#[test]
fn a_demo_that_panics_says_where_and_not_through_what() {
    let course = Course::fresh();
    course.edit("quest-02-beta/src/main.rs", "println!", "panic!");
    let run = |wanted: &str| {
        let output = course.command(&["run", "2"]).env("RUST_BACKTRACE", wanted).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let brief = run("1");
    assert!(brief.contains("src/main.rs:2") && !brief.contains("stack backtrace"), "{brief}");
    // With this value, the frames are wanted.
    assert!(run("full").contains("stack backtrace"));
}
