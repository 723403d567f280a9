//! How long a submission takes to grade, next to what other graders do with the same files.
//!
//! ```text
//! cargo bench --profile dev --package staff --bench throughput
//! ```
//!
//! In one run, on one machine, with nothing else at work, for submissions of ten solutions that all differ:
//!
//! - a cold `cargo test --workspace`, as a fresh container does for each submission, in the learners' copy of the course;
//! - ten times `cargo test --package QUEST`, whose libraries are built already;
//! - `cargo xtask grade` over a class, divided by its size; then once more, when all of it was seen before.
//!
//! Downloads are no part of it, and the grader's own preparation, once a class, is told apart.

use staff::handout;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xtask::course::Course;

/// Submissions of the class.
const CLASS: u32 = 20;

/// Rounds of what is measured one submission at a time.
const ROUNDS: u32 = 2;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the grader lies in the course");
    let course = Course::read(root.to_owned()).expect("the course can be read");
    let folder = std::env::temp_dir().join(format!("event-loop-quests-throughput-{}", std::process::id()));
    let copy = folder.join("course");
    handout::write(&course, &copy).expect("a handout can be written");

    println!("Cold: `cargo test --workspace`, once …");
    edit(&course, &copy, 0);
    let cold = cargo(&copy, &["test", "--workspace"]);

    println!("Warm: ten times `cargo test --package QUEST`, {ROUNDS} rounds …");
    let mut warm = Vec::new();
    for round in 1..=ROUNDS {
        edit(&course, &copy, round);
        let quests = course.quests.iter().map(|quest| cargo(&copy, &["test", "--package", &quest.package]));
        warm.push(quests.sum());
    }
    let warm = median(warm);

    println!("Grade: a class of {CLASS}, nothing of which was seen before …");
    let before = class(&course, &folder.join("before"), 1, "before");
    let submissions = class(&course, &folder.join("class"), CLASS, "class");
    let grade = |submissions: &Path| {
        // A seed of this run's, so that no earlier run's results are found.
        let (seed, out) = (std::process::id().to_string(), folder.join("grades"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
        command.arg("grade").arg(submissions).args(["--seed", &seed, "--out"]).arg(out).current_dir(root);
        time(&mut command)
    };
    // The grader prepares, and grades one submission.
    let first = grade(&before);
    let fresh = grade(&submissions) / CLASS;
    let start = grade(&before);
    let seen = grade(&submissions).saturating_sub(start) / (CLASS - 1);

    let times = |slow: Duration, fast: Duration| slow.as_secs_f64() / fast.as_secs_f64();
    println!("cold `cargo test --workspace`   {:>7} ms a submission", cold.as_millis());
    println!("warm `cargo test --package`     {:>7} ms a submission, ten quests", warm.as_millis());
    println!("grade, fresh                    {:>7} ms a submission", fresh.as_millis());
    println!("grade, seen before              {:>7.1} ms a submission", seen.as_secs_f64() * 1000.0);
    println!("grade, before the first one     {:>7} ms", first.as_millis());
    println!("{:.1} times as many submissions a minute as cold; goal: 12", times(cold, fresh));
    println!("{:.2} times as long as warm; goal: at most 0.5", times(fresh, warm));
    println!("{:.0} times faster when seen before; goal: 100", times(fresh, seen));
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

/// Puts the ten solutions into a copy of the course, each with an edit that no other round has.
fn edit(course: &Course, copy: &Path, round: u32) {
    for quest in &course.quests {
        let path = copy.join(&quest.package).join("src").join("learner.rs");
        fs::write(path, solution(course, &quest.crate_name(), &format!("round-{round}"))).expect("the copy is ours");
    }
}

/// A class of so many submissions.
fn class(course: &Course, folder: &Path, count: u32, name: &str) -> PathBuf {
    for number in 0..count {
        for quest in &course.quests {
            let path = folder.join(format!("{name}-{number:03}")).join(&quest.package).join("src");
            fs::create_dir_all(&path).expect("the temporary folder can be written");
            let text = solution(course, &quest.crate_name(), &format!("{name}-{number}"));
            fs::write(path.join("learner.rs"), text).expect("the temporary folder can be written");
        }
    }
    folder.to_owned()
}

fn solution(course: &Course, crate_name: &str, edit: &str) -> String {
    let path = course.root.join("solutions").join("src").join(crate_name).with_extension("rs");
    let solution = fs::read_to_string(path).expect("the solution is there");
    format!("{solution}\n/// An edit.\npub const EDIT: &str = \"{edit}\";\n")
}

fn cargo(folder: &Path, arguments: &[&str]) -> Duration {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        // What the outer cargo has set would make the inner one build everything anew.
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" {
            cargo.env_remove(name);
        }
    }
    time(cargo.args(arguments).current_dir(folder))
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("it can be started").success(), "{command:?} failed");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) / 2]
}
