//! A class of two hundred whose true scores are known, graded by the real program: killed and resumed, in shards, and
//! once more from stored results.

mod draw;
mod hand_in;
mod pieces;
mod running;

use draw::Drawn;
use fastrand::Rng;
use pretty_assertions::assert_eq;
use running::{Moment, Run};
use staff::model::{Grades, QuestGrade};
use staff::points::Points;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xtask::course::Course;

/// What the class is drawn from.
const SEED: u64 = 200;

/// What the hidden scenarios are drawn from.
const SCENARIOS: &str = "7";

/// How many times a run is killed while it grades.
const KILLS: usize = 10;

/// One test, since one grader at a time works in a copy of the course.
#[test]
fn two_hundred_get_their_true_scores_however_they_are_graded() {
    let course = course();
    let mut rng = Rng::with_seed(SEED);
    let class = draw::class(&course, &mut rng);
    assert_eq!(class.len(), draw::SIZE);
    let folder = TempDir::new().unwrap();
    let submissions = folder.path().join("submissions");
    hand_in::write(&course, &class, &submissions, &mut rng);

    let killed = run(&course, &folder, "killed", &[&submissions], &["--jobs", "2"]);
    for moment in moments(draw::results(&course, &class), &mut rng) {
        assert!(killed.killed_at(moment), "it has ended before {moment:?}");
        assert!(!killed.out.join("grades.json").exists(), "there are grades, although it was killed at {moment:?}");
    }
    // Reports are written in no time, so it may have ended by then.
    killed.killed_at(Moment::Pages(rng.usize(1..draw::SIZE)));
    leave_unfinished(&killed.out);
    assert_ended(&killed);
    assert_eq!(untrue(&grades(&killed.out), &class), Vec::<String>::new());

    let merged = in_shards(&course, &folder, &submissions, &killed.store);
    assert_same_reports(&killed.out, &merged.out);

    let mut again = run(&course, &folder, "again", &[&submissions], &["--jobs", "1"]);
    again.store = killed.store;
    let (code, said) = again.without_cargo();
    assert_eq!(code, Some(1), "{said}");
    assert_same_reports(&killed.out, &again.out);
}

/// What a run leaves behind if it is killed while it writes, a moment that is hardly ever hit by chance.
fn leave_unfinished(out: &Path) {
    fs::create_dir_all(out.join("feedback")).unwrap();
    for name in ["feedback/.183.html.1-0.unfinished", ".grades.csv.1-0.unfinished"] {
        fs::write(out.join(name), "half of a repo").unwrap();
    }
}

fn course() -> Course {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Course::read(here.ancestors().nth(2).unwrap().to_owned()).unwrap()
}

/// A run over these submissions, with a store and reports of its own.
fn run<'a>(course: &'a Course, folder: &TempDir, name: &str, paths: &[&Path], options: &[&str]) -> Run<'a> {
    let mut arguments = vec![OsString::from("grade")];
    arguments.extend(paths.iter().map(OsString::from));
    arguments.extend(["--seed", SCENARIOS].iter().chain(options).map(OsString::from));
    let path = |what: &str| folder.path().join(format!("{name}-{what}"));
    Run { course, arguments, store: path("store"), out: path("grades") }
}

/// Moments throughout a run that stores this many results; the first is before any of them.
fn moments(results: usize, rng: &mut Rng) -> Vec<Moment> {
    let mut numbers: Vec<usize> = (1..KILLS).map(|_| rng.usize(1..results * 9 / 10)).collect();
    numbers.push(0);
    numbers.sort_unstable();
    numbers.into_iter().map(Moment::Results).collect()
}

/// The class in three shards, then merged. A quarter of the stored results are deleted and computed again, across all
/// shards; grading everything twice would cost minutes and show no more.
fn in_shards<'a>(course: &'a Course, folder: &TempDir, submissions: &Path, store: &Path) -> Run<'a> {
    let left = folder.path().join("shards-store");
    copy_three_quarters(store, &left);
    let mut parts: Vec<PathBuf> = Vec::new();
    for (shard, jobs) in [("1/3", "3"), ("2/3", "1"), ("3/3", "2")] {
        let name = format!("shard-{}", &shard[..1]);
        let mut part = run(course, folder, &name, &[submissions], &["--shard", shard, "--jobs", jobs]);
        part.store.clone_from(&left);
        assert_ended(&part);
        parts.push(part.out);
    }
    let mut merged = run(course, folder, "merged", &[], &[]);
    merged.arguments = ["grade", "merge"].map(OsString::from).into();
    merged.arguments.extend(parts.into_iter().map(OsString::from));
    merged.arguments.extend(["--submissions".into(), submissions.into()]);
    assert_ended(&merged);
    merged
}

/// The names of results are hexadecimal digits, as good as random.
fn copy_three_quarters(store: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let names = fs::read_dir(store).unwrap().map(|entry| entry.unwrap().file_name());
    let kept: Vec<OsString> = names.filter(|name| !name.to_str().unwrap().starts_with(['0', '1', '2', '3'])).collect();
    for name in &kept {
        fs::copy(store.join(name), to.join(name)).unwrap();
    }
    assert!(!kept.is_empty());
}

/// At worst, some submissions could not be read; no process is left running.
fn assert_ended(run: &Run) {
    let (code, said) = run.to_the_end();
    assert!(run.out.join("grades.json").exists(), "{said}");
    let all_could_be_read = grades(&run.out).submissions.iter().all(|graded| graded.problem.is_none());
    assert_eq!(code, Some(if all_could_be_read { 0 } else { 1 }), "{said}");
    assert_eq!(run.left_behind(), Vec::<String>::new());
}

fn grades(out: &Path) -> Grades {
    serde_json::from_slice(&fs::read(out.join("grades.json")).unwrap()).unwrap()
}

/// Every quest of a submission whose grade is not the true one.
fn untrue(grades: &Grades, class: &[Drawn]) -> Vec<String> {
    assert_eq!(grades.submissions.len(), class.len());
    let mut untrue = Vec::new();
    for drawn in class {
        let graded =
            grades.submissions.iter().find(|graded| graded.id == drawn.id).expect("every submission is graded");
        for quest in &graded.quests {
            let truth = &drawn.truths[&quest.number];
            let found = pieces::Truth { state: quest.state, points: quest.earned.map(Points::floor), red: red(quest) };
            if found != *truth {
                let what = drawn.content.describe(quest.number);
                untrue.push(format!("{} quest {} ({what}): {found:?} and in truth {truth:?}", drawn.id, quest.number));
            }
        }
        let points: Option<u32> = drawn.truths.values().map(|truth| truth.points).sum();
        if graded.earned().map(Points::floor) != points {
            untrue.push(format!("{}: {:?} points, and in truth {points:?}", drawn.id, graded.earned()));
        }
    }
    untrue
}

fn red(quest: &QuestGrade) -> BTreeSet<String> {
    quest.tests.iter().filter(|test| test.verdict != "passed").map(|test| test.name.clone()).collect()
}

/// Both folders hold the same reports, byte for byte.
fn assert_same_reports(one: &Path, other: &Path) {
    let names = reports(one);
    assert_eq!(names, reports(other));
    assert!(names.len() > draw::SIZE, "{names:?}");
    for name in names {
        let [one, other] = [one, other].map(|folder| fs::read(folder.join(&name)).unwrap());
        let lines = one.split(|byte| *byte == b'\n').zip(other.split(|byte| *byte == b'\n'));
        let differing = lines.into_iter().find(|(one, other)| one != other);
        let shown = differing.map(|(one, other)| [one, other].map(String::from_utf8_lossy));
        assert!(one == other, "{} is different: {shown:#?}", name.display());
    }
}

/// By their path in the folder.
fn reports(folder: &Path) -> BTreeSet<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = inside(folder.to_owned()).chain(inside(folder.join("feedback")));
    let names = all.filter(|path| path.is_file()).map(|path| path.strip_prefix(folder).unwrap().to_owned());
    // What a run notes for the next one is no report.
    names.filter(|name| !name.to_string_lossy().starts_with('.')).collect()
}
