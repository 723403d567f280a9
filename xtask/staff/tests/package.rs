//! What is written for Gradescope and for GitHub Classroom: its files, its seed, and that it replaces nothing else.
//!
//! `.ci/gradescope` tries the archive as Gradescope uses it.

use staff::package::gradescope::{Options, SeedOrigin};
use staff::package::{classroom, gradescope};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use xtask::course::Course;
use xtask::exit::UsageError;

/// What an instructors' copy leaves out on purpose. Every other file of the course is packaged.
const LEFT_OUT: [&str; 4] = [".ci", ".devcontainer", ".github", ".vscode"];

#[test]
fn the_archive_contains_the_scripts_the_seed_and_the_whole_course() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let archive = folder.path().join("autograder.zip");
    gradescope::write(&course, &archive, &with_seed(Some(7 << 50))).unwrap();
    let files = unzip(&archive);
    let mut expected: BTreeSet<String> = committed(&course)
        .into_iter()
        .filter(|file| !LEFT_OUT.iter().any(|left_out| file.starts_with(&format!("{left_out}/"))))
        .map(|file| format!("course/{file}"))
        .collect();
    expected.extend(["grade-seed", "run_autograder", "setup.sh"].map(str::to_owned));
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(files["grade-seed"].content, format!("{}\n", 7_u64 << 50).into_bytes());
    for (name, file) in &files {
        let is_script = ["run_autograder", "setup.sh"].contains(&name.as_str());
        assert_eq!(file.mode & 0o777, if is_script { 0o755 } else { 0o644 }, "{name}");
        assert!(!is_script || file.content.starts_with(b"#!/usr/bin/env bash\n"), "{name}");
        assert!(!is_script || !file.content.contains(&b'\r'), "{name}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one.zip", "other.zip"].map(|name| folder.path().join(name));
    let copy = copy_of_course(&folder.path().join("course"));
    gradescope::write(&copy, &one, &with_seed(Some(1 << 60))).unwrap();
    // A fresh checkout has other times; work in it leaves these.
    let later = SystemTime::now() + Duration::from_secs(90_000);
    File::options().append(true).open(copy.root.join("Cargo.toml")).unwrap().set_modified(later).unwrap();
    let quest = &copy.quests[2];
    fs::write(quest.learner(), "fn mine() {}\n").unwrap();
    for left in ["target/debug/x", ".course/kept/x", "xtask/target/x", "grades/report.html", "submissions/anna/x"] {
        fs::create_dir_all(copy.root.join(left).parent().unwrap()).unwrap();
        fs::write(copy.root.join(left), "mine").unwrap();
    }
    let written = gradescope::write(&copy, &other, &with_seed(Some(1 << 60))).unwrap();
    assert!(fs::read(&one).unwrap() == fs::read(&other).unwrap());
    let notes = written.notes.join("\n");
    for words in ["grades was left out", "submissions was left out", "The package contains the stub instead"] {
        assert!(notes.contains(words), "{notes}");
    }
    gradescope::write(&copy, &other, &with_seed(Some(1 << 61))).unwrap();
    let (mut one, mut other) = (unzip(&one), unzip(&other));
    assert_ne!(one.remove("grade-seed"), other.remove("grade-seed"));
    assert!(one == other, "only the seed differs");
}

#[test]
fn the_next_archive_has_the_seed_that_is_kept_next_to_it() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let archive = folder.path().join("autograder.zip");
    let write = |given| gradescope::write(&course, &archive, &with_seed(given)).unwrap();
    let first = write(None);
    assert_eq!((first.origin, &first.seed_file), (SeedOrigin::Random, &folder.path().join("autograder.seed")));
    let second = write(None);
    assert_eq!((second.origin, second.seed), (SeedOrigin::Kept, first.seed));
    assert_eq!((write(Some(9 << 40)).origin, write(None).seed), (SeedOrigin::Given, 9 << 40));
    let elsewhere = gradescope::write(&course, &folder.path().join("second.zip"), &with_seed(None)).unwrap();
    assert!(elsewhere.seed != first.seed && elsewhere.origin == SeedOrigin::Random);
    assert_is_private(&first.seed_file);
    assert_is_private(&archive);
}

#[test]
fn a_broken_seed_is_not_replaced_by_a_new_one() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let archive = folder.path().join("autograder.zip");
    for text in [&b""[..], b"secret", b"-1", b"18446744073709551616", b"\xff"] {
        fs::write(folder.path().join("autograder.seed"), text).unwrap();
        let error = gradescope::write(&course, &archive, &with_seed(None)).unwrap_err();
        let words = ["does not contain a seed", "could not read"];
        assert!(words.iter().any(|words| error.to_string().contains(words)), "{error:#}");
        assert_eq!(fs::read(folder.path().join("autograder.seed")).unwrap(), text);
        assert!(!archive.exists());
    }
}

#[test]
fn grading_ends_a_minute_before_gradescope_does() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let archive = folder.path().join("autograder.zip");
    for (minutes, line) in [(10, "\nlimit=9m\n"), (40, "\nlimit=39m\n"), (2, "\nlimit=1m\n")] {
        gradescope::write(&course, &archive, &Options { minutes, ..with_seed(None) }).unwrap();
        let script = unzip(&archive).remove("run_autograder").unwrap().content;
        assert!(String::from_utf8(script).unwrap().contains(line), "{minutes}");
    }
}

#[test]
fn decisions_about_grades_are_packaged_and_a_mistake_in_them_is_found_at_once() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let [archive, policy] = ["autograder.zip", "decisions.toml"].map(|name| folder.path().join(name));
    let exempt = "[[exempt]]\nquest = 3\nreason = \"The lesson was wrong.\"\n";
    fs::write(&policy, exempt).unwrap();
    let options = Options { policy: Some(policy.clone()), ..with_seed(None) };
    gradescope::write(&course, &archive, &options).unwrap();
    assert_eq!(unzip(&archive)["grading.toml"].content, exempt.as_bytes());
    let before = fs::read(&archive).unwrap();
    // Gradescope's autograder does not know the learners' names.
    for (mistake, words) in
        [("[[exempt]]\nquest = 11\nreason = \"x\"\n", "11"), ("[[learner]]\nid = \"anna\"\n", "anna")]
    {
        fs::write(&policy, mistake).unwrap();
        let error = gradescope::write(&course, &archive, &options).unwrap_err();
        assert!(error.is::<UsageError>() && error.to_string().contains(words), "{error:#}");
    }
    assert!(fs::read(&archive).unwrap() == before);
}

#[test]
fn no_other_file_is_replaced_and_nothing_goes_into_the_course() {
    let folder = tempfile::tempdir().unwrap();
    let copy = copy_of_course(&folder.path().join("course"));
    let submissions = folder.path().join("submissions.zip");
    let mut writer = zip::ZipWriter::new(File::create(&submissions).unwrap());
    writer.start_file("anna/setup.sh", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(b"hers").unwrap();
    writer.finish().unwrap();
    let empty = folder.path().join("empty.zip");
    fs::write(&empty, "").unwrap();
    let before = fs::read(&submissions).unwrap();
    for (archive, words) in [
        (submissions.clone(), "is not replaced"),
        (empty, "is not replaced"),
        (folder.path().join("autograder"), "must end in .zip"),
        (folder.path().join("autograder.tar.gz"), "must end in .zip"),
        (copy.root.join("autograder.zip"), "inside the course's folder"),
        (copy.root.join("xtask/autograder.zip"), "inside the course's folder"),
    ] {
        let error = gradescope::write(&copy, &archive, &with_seed(None)).unwrap_err();
        assert!(error.is::<UsageError>() && error.to_string().contains(words), "{error:#}");
        assert!(!archive.with_extension("seed").exists(), "{}", archive.display());
    }
    assert!(fs::read(&submissions).unwrap() == before);
    assert!(!copy.root.join("autograder.zip").exists() && !copy.root.join("xtask/autograder.zip").exists());
    gradescope::write(&copy, &copy.root.join("target/autograder.zip"), &with_seed(None)).unwrap();
}

#[test]
fn classroom_gets_a_template_without_secrets_and_a_private_grader() {
    let (course, folder) = (course(), tempfile::tempdir().unwrap());
    let (handout, package) = (folder.path().join("handout"), folder.path().join("package"));
    staff::handout::write(&course, &handout).unwrap();
    classroom::write(&course, &package).unwrap();
    let check = PathBuf::from(".github/workflows/classroom.yml");
    let mut template = contents(&package.join(classroom::ASSIGNMENT));
    let workflow = String::from_utf8(template.remove(&check).unwrap()).unwrap();
    assert!(template == contents(&handout), "the template is the handout, and a workflow");
    assert!(!workflow.contains("secrets.") && !workflow.contains("GRADE_SEED"));
    let mut grader = contents(&package.join(classroom::GRADER));
    assert!(grader.remove(Path::new(".github/workflows/grade.yml")).is_some());
    let expected: BTreeSet<PathBuf> = committed(&course)
        .into_iter()
        .filter(|file| !LEFT_OUT.iter().any(|left_out| file.starts_with(&format!("{left_out}/"))))
        .map(PathBuf::from)
        .collect();
    assert_eq!(grader.into_keys().collect::<BTreeSet<_>>(), expected);
    let error = classroom::write(&course, &package).unwrap_err();
    assert!(error.is::<UsageError>() && error.to_string().contains("is not empty"), "{error:#}");
}

#[test]
fn classroom_shows_the_points_of_check() {
    let report = serde_json::json!({
        "schema": 1, "mode": "learner", "passed": false,
        "quests": [
            quest(1, "passed", 10, &["passed", "passed"]),
            quest(2, "red", 4, &["passed", "wrong", "out-of-time"]),
            quest(3, "does-not-compile", 0, &[]),
        ],
    });
    let Some(result) = points_of(&report) else { return };
    assert_eq!((&result["status"], &result["max_score"]), (&"fail".into(), &30.into()));
    let cases = result["tests"].as_array().unwrap();
    let field = |name: &str| cases.iter().map(|case| case[name].clone()).collect::<Vec<_>>();
    assert_eq!(field("score"), [10, 4, 0]);
    assert_eq!(field("status"), ["pass", "fail", "fail"]);
    assert_eq!(field("message"), ["2 of 2 tests pass.", "1 of 3 tests pass.", "does not compile"]);
    assert_eq!(field("name"), ["quest-01-q: passed", "quest-02-q: red", "quest-03-q: does not compile"]);
    // As the format requires: see `report::classroom`.
    let keys = ["duration", "filename", "line_no", "message", "name", "score", "status", "test_code"];
    assert!(cases.iter().all(|case| case.as_object().unwrap().keys().eq(keys)));

    let passed = serde_json::json!({ "passed": true, "quests": [quest(1, "passed", 10, &["passed"])] });
    assert_eq!(points_of(&passed).unwrap()["status"], "pass");
}

/// With a `gh` that stands in for GitHub's.
#[cfg(unix)]
#[test]
fn classroom_grades_the_repositories_of_one_assignment() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let gh = folder.path().join("gh");
    fs::write(
        &gh,
        r#"#!/usr/bin/env bash
set -eu
if [ "$1 $2 $3" = "repo list ORG" ]; then
    while [ "$1" != --jq ]; do shift; done
    jq --null-input '["loops", "loops-anna", "loops-zoë-b", "loopsy-eve", "other"] | map({name: .})' | jq --raw-output "$2"
else
    [ "$1 $2" = "repo clone" ] && mkdir "$4" && echo "$3" >"$4/from"
fi
"#,
    )
    .unwrap();
    fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).unwrap();
    if Command::new("jq").arg("--version").output().is_err() {
        eprintln!("There is no jq here, so the workflow for GitHub Classroom was not tried.");
        return;
    }
    let output = Command::new("bash")
        .args(["-e", "-c", &step("Clone the learners' repositories")])
        .env("PATH", format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap()))
        .env("RUNNER_TEMP", folder.path())
        .env("GITHUB_REPOSITORY_OWNER", "ORG")
        .env("ASSIGNMENT", "loops")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cloned = contents(&folder.path().join("class"));
    let expected =
        ["loops-anna", "loops-zoë-b"].map(|name| (Path::new(name).join("from"), format!("ORG/{name}\n").into_bytes()));
    assert_eq!(cloned, BTreeMap::from(expected));
}

/// The commands of a step in the workflow that grades.
fn step(name: &str) -> String {
    let workflow = include_str!("../src/package/classroom/grade.yml");
    let (_, rest) = workflow.split_once(&format!("- name: {name}\n")).unwrap();
    let (_, rest) = rest.split_once("        run: |\n").unwrap();
    let lines = rest.lines().take_while(|line| line.starts_with("          "));
    lines.map(|line| format!("{}\n", line.trim_start())).collect()
}

/// A quest of `cargo xtask check --format json`. What a test printed must not make the result too long.
fn quest(number: u32, state: &str, earned: u32, verdicts: &[&str]) -> serde_json::Value {
    let test = |verdict: &&str| serde_json::json!({ "name": "t", "verdict": verdict, "output": "x".repeat(200_000) });
    serde_json::json!({
        "number": number, "name": "q", "package": format!("quest-{number:02}-q"), "title": "Q", "points": 10,
        "earned": earned, "state": state, "tests": verdicts.iter().map(test).collect::<Vec<_>>(),
    })
}

/// What the workflow's own lines make of the report; none where there is no `jq`.
fn points_of(report: &serde_json::Value) -> Option<serde_json::Value> {
    let workflow = include_str!("../src/package/classroom/classroom.yml");
    let (_, rest) = workflow.split_once("jq '").unwrap();
    let (program, _) = rest.split_once("' \"$RUNNER_TEMP/check.json\"").unwrap();
    let jq = Command::new("jq").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut jq) = jq else {
        eprintln!("There is no jq here, so the workflow for GitHub Classroom was not tried.");
        return None;
    };
    jq.stdin.take().unwrap().write_all(report.to_string().as_bytes()).unwrap();
    let output = jq.wait_with_output().unwrap();
    assert!(output.status.success());
    // In base64 it must fit into an environment variable.
    assert!(output.stdout.len() < 90_000, "{} bytes", output.stdout.len());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[derive(Debug, PartialEq)]
struct ZippedFile {
    mode: u32,
    content: Vec<u8>,
}

fn with_seed(seed: Option<u64>) -> Options {
    Options { seed, policy: None, minutes: 10 }
}

fn unzip(archive: &Path) -> BTreeMap<String, ZippedFile> {
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), ZippedFile { mode: file.unix_mode().unwrap(), content })
        })
        .collect()
}

fn assert_is_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
    #[cfg(not(unix))]
    assert!(path.is_file());
}

fn course() -> Course {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    Course::read(root.to_owned()).unwrap()
}

/// A copy of the course that a test may spoil.
fn copy_of_course(to: &Path) -> Course {
    let course = course();
    for file in committed(&course) {
        fs::create_dir_all(to.join(&file).parent().unwrap()).unwrap();
        fs::copy(course.root.join(&file), to.join(&file)).unwrap();
    }
    Course::read(to.to_owned()).unwrap()
}

/// The files of the course, without what builds and other work leave at its top.
fn committed(course: &Course) -> BTreeSet<String> {
    let all = contents(&course.root).into_keys().map(|path| path.to_str().unwrap().replace('\\', "/"));
    let is_log = |file: &str| !file.contains('/') && (file.ends_with(".log") || file.ends_with(".txt"));
    all.filter(|file| !is_log(file)).collect()
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_none = [".course", ".git", "grades", "target"].iter().any(|name| path == root.join(name));
            if path.is_dir() && !is_none {
                collect(root, &path, found);
            } else if !is_none {
                found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut found);
    found
}
