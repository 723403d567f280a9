//! Wrong programs: what `verify` requires of them, and how it helps their authors.

use crate::course::{COUNT, Course, WORK};
use crate::xtask;
use std::fs;
use std::process::Command;

const WHOLE: &str = "solutions/wrong/quest-01-alpha/new.rs";
const DIFF: &str = "solutions/wrong/quest-01-alpha/one-more.diff";
const SOLUTION: &str = "solutions/src/quest_01_alpha.rs";
const ALTERNATIVE: &str = "solutions/alternatives/quest-01-alpha/fold.rs";

#[test]
fn a_wrong_program_must_be_caught_by_what_it_names_and_by_nothing_else() {
    let course = Course::fresh();
    let named = |names: &str, body: &str| {
        format!("//! caught by: {names}\n//! mistake: wrong-value\n//! why: because\n//! says: Why?\n\n{body}")
    };
    let right = format!("{WORK}{COUNT}");
    let cases = [
        (named("count_adds_up", &right), "count_adds_up: must not pass, but is: passed"),
        (
            named(
                "count_adds_up",
                &right.replace("sum()", "copied().max().unwrap_or(0)").replace("delay)", "2 * delay)"),
            ),
            "work_takes_its_time: must pass, but is: wrong",
        ),
        (named("no_such_test", &right), "its `caught by` names the test `no_such_test`, which does not exist"),
        (named("count_adds_up", &right.replace("sum()", "max()")), "it does not compile:"),
        (named("count_adds_up", &format!("{right}fn unused() {{}}\n")), "the compiler warns:"),
        (named(",", &right), "its `caught by` names no test"),
        (right, "line 1: expected `caught by: …`"),
    ];
    for (source, words) in cases {
        fs::write(course.root().join(WHOLE), source).unwrap();
        let run = xtask(&course, &["verify", "1"]);
        assert_eq!(run.code, 1, "{run}");
        run.says(&["FAILED solutions/wrong/quest-01-alpha/new.rs", words]);
    }
}

#[test]
fn a_diff_that_is_none_of_a_correct_program_is_named_with_its_line_and_with_what_to_do() {
    let cases = [
        ("mistake: off-by-one\n", "", "line 2: expected `mistake: …`"),
        ("says: ", "said: ", "line 4: expected `says: …`"),
        ("off-by-one", "off-by-two", "line 2: `off-by-two` is not the name of a mistake"),
        (
            "a/solutions/src/quest_01",
            "a/solutions/src/quest_99",
            "quest_99_alpha.rs is not a correct program of this quest",
        ),
        ("a/solutions/src/quest_01_alpha.rs", "a/../../etc/passwd", "is not a correct program of this quest"),
        ("--- a/", "--- ", "line 6: expected `--- a/FILE`"),
        ("+    numbers.iter().sum::<u32>() + 1", "+    numbers.iter().sum()", "line 6: the diff changes nothing"),
        ("-    numbers.iter().sum()", "-    numbers.iter().max()", "--rebase"),
        ("@@ -13,4 +13,4", "@@ -1,4 +1,4", "To rebase it: cargo xtask verify 1 --rebase"),
        ("@@ -13,4 +13,4", "@@ -13,9 +13,4", "line 6: this is not a unified diff"),
    ];
    for (from, to, words) in cases {
        let course = Course::fresh();
        course.edit(DIFF, from, to);
        let run = xtask(&course, &["verify", "1"]);
        assert_eq!(run.code, 1, "{run}");
        run.says(&["FAILED solutions/wrong/quest-01-alpha/one-more.diff", words]);
    }
}

#[test]
fn wrong_programs_follow_a_correct_program_that_has_changed() {
    let course = Course::fresh();
    course.edit(SOLUTION, "use std::time::Duration;", "// Another line.\n\nuse std::time::Duration;");
    let run = xtask(&course, &["verify", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["one-more.diff", "lines have moved"]);
    let run = xtask(&course, &["verify", "1", "--rebase"]);
    assert_eq!(run.code, 0, "{run}");
    run.says(&["moved solutions/wrong/quest-01-alpha/one-more.diff", "0 were up to date, 0 could not be rebased."]);
    assert_eq!(xtask(&course, &["verify", "1"]).code, 0);
    let run = xtask(&course, &["verify", "1", "--rebase"]);
    run.says(&["3 were up to date, 0 could not be rebased."]);
}

#[test]
fn a_change_next_to_the_mistake_is_merged_and_one_of_the_same_line_is_left() {
    let course = Course::fresh();
    // The course lies in the target folder of another repository: this one is its own.
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"]);
        assert!(command.args(arguments).current_dir(course.root()).output().unwrap().status.success());
    };
    git(&["init", "--quiet"]);
    git(&["add", "solutions"]);
    git(&["commit", "--quiet", "--message", "before"]);
    course.edit(SOLUTION, "/// The sum of `numbers`.", "/// All of `numbers`, added up.");
    course.edit(SOLUTION, "thread::sleep(delay)", "thread::sleep(delay * 1)");
    let run = xtask(&course, &["verify", "1", "--rebase"]);
    fs::remove_dir_all(course.root().join(".git")).unwrap();
    assert_eq!(run.code, 1, "{run}");
    run.says(&["merged solutions/wrong/quest-01-alpha/one-more.diff: review it"]);
    run.says(&["left solutions/wrong/quest-01-alpha/no-sleep.diff, line", "1 could not be rebased."]);
    let merged = fs::read_to_string(course.root().join(DIFF)).unwrap();
    assert!(merged.contains(" /// All of `numbers`, added up."), "{merged}");
    assert!(merged.contains("+    numbers.iter().sum::<u32>() + 1"), "{merged}");
}

#[test]
fn a_new_wrong_program_is_written_from_an_edited_file() {
    let course = Course::fresh();
    let alternative = fs::read_to_string(course.root().join(ALTERNATIVE)).unwrap();
    let run = xtask(&course, &["verify", "1", "--new", "too-much"]);
    assert_eq!(run.code, 0, "the stub differs from every correct program: {run}");
    course.write("quest-01-alpha", &alternative);
    let run = xtask(&course, &["verify", "1", "--new", "nothing"]);
    assert_eq!(run.code, 3, "{run}");
    run.says(&["is solutions/alternatives/quest-01-alpha/fold.rs: make a mistake in it first"]);
    course.write("quest-01-alpha", &alternative.replace("fold(0", "fold(7"));
    let run = xtask(&course, &["verify", "1", "--new", "seven-more"]);
    assert_eq!(run.code, 0, "{run}");
    let path = course.root().join("solutions/wrong/quest-01-alpha/seven-more.diff");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&format!("--- a/{ALTERNATIVE}")), "the nearest correct program: {text}");
    fs::remove_file(course.root().join("solutions/wrong/quest-01-alpha/too-much.diff")).unwrap();
    let run = xtask(&course, &["verify", "1"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&["FAILED solutions/wrong/quest-01-alpha/seven-more.diff", "is not the name of a mistake"]);
    let header = text.replace("TESTS, SEPARATED BY COMMAS", "count_adds_up").replace("ITS NAME", "wrong-value");
    fs::write(&path, header).unwrap();
    let run = xtask(&course, &["verify", "1"]);
    assert_eq!(run.code, 0, "{run}");
    let run = xtask(&course, &["verify", "1", "--new", "seven-more"]);
    assert_eq!(run.code, 3, "{run}");
    run.says(&["already has a wrong program of that name"]);
    for name in ["", "Seven", "../seven", "a/b", "a.b"] {
        assert_eq!(xtask(&course, &["verify", "1", "--new", name]).code, 3, "{name}");
    }
    assert_eq!(xtask(&course, &["verify", "--new", "seven"]).code, 2);
}
