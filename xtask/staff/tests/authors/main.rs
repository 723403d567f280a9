//! `verify` and `ci`, the commands for the course's authors, on the runner's small course.

#[path = "../../../tests/cli/course.rs"]
#[allow(dead_code, reason = "the runner's tests use all of it")]
mod course;
mod wrong_programs;

use course::{CommandOutput, Course};

/// What `cargo xtask` passes on to the program that authors use.
fn xtask(course: &Course, arguments: &[&str]) -> CommandOutput {
    course.run_program(env!("CARGO_BIN_EXE_staff"), arguments)
}

#[test]
fn a_course_in_order_passes_and_each_check_counts() {
    let course = Course::fresh();
    let run = xtask(&course, &["verify"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["ok solutions/wrong/quest-01-alpha/no-sleep.diff", "\n29 passed, 0 failed\n"]);
    let run = xtask(&course, &["verify", "2", "--runs", "3"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["\n13 passed, 0 failed\n"]);
}

#[test]
fn what_the_files_of_a_quest_claim_about_each_other_is_checked() {
    let cases = [
        (
            "quest-01-alpha/Cargo.toml",
            "points = 5",
            "points = 4",
            "the points of the tests add up to 9, but the quest has 10",
        ),
        ("quest-01-alpha/Cargo.toml", "pub fn count", "pub fn counts", "the stub has no line with `pub fn counts`"),
        ("quest-01-alpha/hints.md", "## Hint 3", "### Hint 3", "hints.md has 2 hints"),
        (
            "quest-01-alpha/stub.rs",
            "todo!(\"count {numbers:?}\")",
            "numbers.len() as u32 * 2",
            "count_adds_up: must be not-started",
        ),
        (
            "quest-01-alpha/stub.rs",
            "/// The sum of",
            "/// The total of",
            "`pub fn count(numbers: &[u32]) -> u32` is documented differently",
        ),
        (
            "quest-01-alpha/tests/quest.rs",
            "fn count_adds_up",
            "fn counts",
            "count_adds_up is in the manifest, but not in tests/quest.rs",
        ),
        (
            "quest-01-alpha/tests/quest.rs",
            "/// 1 + 2 + 3 is 6.",
            "/// It adds up.",
            "tests/quest.rs says `It adds up.` above count_adds_up. Make it what Cargo.toml says: `/// 1 + 2 + 3 is 6.`",
        ),
        (
            "solutions/src/quest_01_alpha.rs",
            "sum()",
            "max().copied().unwrap_or_default()",
            "count_adds_up: must pass, but is: wrong",
        ),
        (
            "solutions/wrong/quest-01-alpha/one-more.diff",
            "count_adds_up",
            "work_takes_its_time",
            "no wrong program is caught by count_adds_up",
        ),
        (
            "solutions/alternatives/quest-01-alpha/fold.rs",
            "fold(0",
            "fold(1",
            "FAILED solutions/alternatives/quest-01-alpha/fold.rs",
        ),
    ];
    for (file, from, to, words) in cases {
        let course = Course::fresh();
        course.edit(file, from, to);
        let run = xtask(&course, &["verify", "1"]);
        assert_eq!(run.code, 1, "{file}: {run}");
        run.says(&[words]);
    }
    let course = Course::fresh();
    std::fs::write(course.root().join("quest-01-alpha/tests/snapshots/stray.snap.new"), "").unwrap();
    xtask(&course, &["verify", "1"]).says(&["stray.snap.new does not belong in tests/snapshots"]);
}

#[test]
fn a_lessons_picture_must_be_up_to_date_and_bless_updates_it() {
    let course = Course::fresh();
    let lesson = course.root().join("quest-01-alpha/README.md");
    let text = |picture: &str| {
        format!("# Quest: alpha\n\n<!-- timeline: work_takes_its_time -->\n{picture}<!-- /timeline -->\n\nGo on.\n")
    };
    std::fs::write(&lesson, text("")).unwrap();
    let run = xtask(&course, &["verify", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["a picture in README.md is out of date. To update it: cargo xtask verify 1 --bless"]);
    let run = xtask(&course, &["verify", "1", "--bless"]);
    assert_eq!(run.code, 0, "{run}");
    let drawn = std::fs::read_to_string(&lesson).unwrap();
    assert!(drawn.contains("-->\n```text\n   0 ms ") && drawn.contains("├ started"), "{drawn}");
    assert!(drawn.ends_with("```\n<!-- /timeline -->\n\nGo on.\n"), "{drawn}");
    assert_eq!(xtask(&course, &["verify", "1"]).code, 0);
    std::fs::write(&lesson, drawn.replace("work_takes", "work_gives")).unwrap();
    xtask(&course, &["verify", "1"]).says(&["README.md shows `work_gives_its_time`, which is not a test"]);
}

#[test]
fn the_reference_traces_must_be_up_to_date_and_bless_updates_them() {
    let course = Course::fresh();
    let notes = course.root().join("quest-01-alpha/reference-run.txt");
    let kept = std::fs::read_to_string(&notes).unwrap();
    assert!(kept.contains("\n# work_takes_its_time\nsimulation\n0  "), "{kept}");
    for changed in [Some(kept.replace("sleeps", "runs")), None] {
        match changed {
            Some(text) => std::fs::write(&notes, text).unwrap(),
            None => std::fs::remove_file(&notes).unwrap(),
        }
        let run = xtask(&course, &["verify", "1"]);
        assert_eq!(run.code, 1, "{run}");
        run.says(&["reference-run.txt is out of date. To update it: cargo xtask verify 1 --bless"]);
        assert_eq!(xtask(&course, &["verify", "1", "--bless"]).code, 0);
        assert_eq!(std::fs::read_to_string(&notes).unwrap(), kept);
    }
}

#[test]
fn ci_judges_the_course_and_not_the_learner() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "syntax error");
    std::fs::remove_file(course.path("quest-02-beta")).unwrap();
    let run = xtask(&course, &["ci"]);
    assert_eq!(run.code, 0, "{run}");
    // Four tests in two quests, one for each of the five steps without tests, and what `verify` counts.
    assert_eq!(run.stdout.lines().last(), Some("38 passed, 0 failed"), "{run}");
    assert_eq!(course.learner("quest-01-alpha"), b"syntax error");

    course.edit("solutions/src/lib.rs", "pub mod quest_01_alpha;", "pub mod   quest_01_alpha;");
    let run = xtask(&course, &["ci"]);
    assert_eq!(run.code, 1, "{run}");
    assert_eq!(run.stdout.lines().last(), Some("37 passed, 1 failed"), "{run}");
}

#[test]
fn a_program_that_check_would_reject_fails() {
    let course = Course::fresh();
    course.edit(
        "solutions/alternatives/quest-01-alpha/fold.rs",
        "pub fn count",
        "#[cfg(test)]\nmod tests;\npub fn count",
    );
    let run = xtask(&course, &["verify", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["FAILED solutions/alternatives/quest-01-alpha/fold.rs", "it is rejected: line", "`mod name;`"]);
}
