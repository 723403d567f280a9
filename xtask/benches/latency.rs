//! How long a learner waits from a saved edit to the verdict, next to plain `cargo test`.
//!
//! ```text
//! cargo bench --package xtask --bench latency
//! ```
//!
//! It works on a copy of the course in a temporary folder. Both commands get the same edits, in turn, so that a machine that
//! slows down slows both. Printed are the medians of ten rounds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: u32 = 10;
const QUEST: &str = "quest-03-queue";

fn main() {
    let course = copy_of_the_course();
    let learner = course.join(QUEST).join("src").join("learner.rs");
    let solution = fs::read_to_string(course.join("solutions/src/quest_03_queue.rs")).expect("the solution is there");
    let mut edits = 0;
    let mut edit = || {
        edits += 1;
        fs::write(&learner, format!("{solution}\n/// Edit {edits}.\npub const EDIT: u32 = {edits};\n"))
            .expect("the copy is ours");
    };

    println!("Building both target folders in {} …", course.display());
    edit();
    run(&course, &CARGO_TEST);
    run(&course, &CHECK_ONE);
    run(&course, &CHECK_ALL);

    let (mut with_cargo, mut with_check) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        edit();
        with_cargo.push(run(&course, &CARGO_TEST));
        edit();
        with_check.push(run(&course, &CHECK_ONE));
    }
    // Once more, so that nothing has changed since the last build.
    run(&course, &CHECK_ALL);
    let unchanged = (0..ROUNDS).map(|_| run(&course, &CHECK_ALL)).collect();

    let (cargo, check) = (median(with_cargo), median(with_check));
    println!("one edit, cargo {}: {} ms", CARGO_TEST.join(" "), cargo.as_millis());
    println!("one edit, cargo {}: {} ms", CHECK_ONE.join(" "), check.as_millis());
    println!(
        "that is {:.2} times as long, or {} ms more",
        check.as_secs_f64() / cargo.as_secs_f64(),
        check.saturating_sub(cargo).as_millis()
    );
    println!("nothing changed, cargo {}: {} ms", CHECK_ALL.join(" "), median(unchanged).as_millis());
    fs::remove_dir_all(&course).expect("the copy is ours");
}

const CARGO_TEST: [&str; 5] = ["test", "-p", QUEST, "--test", "quest"];
const CHECK_ONE: [&str; 3] = ["xtask", "check", "3"];
const CHECK_ALL: [&str; 2] = ["xtask", "check"];

/// Runs one cargo command in the course, and says how long it took.
fn run(course: &Path, arguments: &[&str]) -> Duration {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(course).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, _) in std::env::vars_os() {
        // What the outer cargo has set would make the inner one rebuild everything.
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" {
            cargo.env_remove(name);
        }
    }
    let start = Instant::now();
    // Exit code 1 is fine: the other quests are not started.
    cargo.status().expect("cargo can be started");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn copy_of_the_course() -> PathBuf {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the course");
    let copy = std::env::temp_dir().join(format!("event-loop-quests-latency-{}", std::process::id()));
    copy_folder(course, &copy);
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the temporary folder can be written");
    for entry in fs::read_dir(from).expect("the course can be read") {
        let entry = entry.expect("the course can be read");
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        if name == "target" || name == ".git" || name == ".course" {
            continue;
        }
        if entry.file_type().expect("the course can be read").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("the copy can be written");
        }
    }
}
