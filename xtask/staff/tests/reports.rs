//! The real program on submissions that need no build: how much of them reaches the terminal and the reports.

use serde_json::Value;
use staff::seed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// One grader at a time works in a copy of the course.
static GRADER: Mutex<()> = Mutex::new(());

/// Runs the grader, from `folder`.
fn grade(folder: &Path, arguments: &[&str], seed: &str) -> Output {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
    xtask::engine::cargo::clean_environment(&mut command);
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", course.join("xtask")).env(seed::VARIABLE, seed);
    let _alone = GRADER.lock().unwrap_or_else(PoisonError::into_inner);
    command.arg("grade").args(arguments).output().unwrap()
}

/// A submission for which nothing has to be built.
fn hand_in(class: &Path, name: impl AsRef<Path>) {
    let folder = class.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("README.md"), "Sorry, no time.").unwrap();
}

/// Everything that a run wrote and printed.
fn texts(out: &Path, output: &Output) -> Vec<(PathBuf, String)> {
    let files = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
    };
    let mut texts: Vec<(PathBuf, String)> = files(out)
        .into_iter()
        .chain(files(&out.join("feedback")))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        texts.push((name.into(), String::from_utf8(bytes.clone()).unwrap()));
    }
    texts
}

fn ids(out: &Path) -> Vec<String> {
    let grades: Value = serde_json::from_slice(&fs::read(out.join("grades.json")).unwrap()).unwrap();
    let submissions = grades["submissions"].as_array().unwrap();
    submissions.iter().map(|submission| submission["id"].as_str().unwrap().to_owned()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn no_name_reaches_a_terminal_or_a_report_raw_and_each_is_graded_or_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = TempDir::new().unwrap();
    let class = folder.path().join("class");
    let long = ["\u{1b}".repeat(255), "\u{1b}".repeat(254) + "a", "x".repeat(255)];
    let names: Vec<&[u8]> = [
        "esc\u{1b}[2J",
        "osc\u{1b}]0;title\u{7}",
        "csi\u{9b}2J",
        "new\nline",
        "return\rx",
        "right\u{202e}left",
        "zero\u{200b}width",
        "nul",
        "CON",
        "aux.txt",
        "trailing.",
        "trailing ",
        "a:b",
        "--out",
        "-rf",
        "=cmd()",
        "<script>",
        "%2e%2e",
        "Anna",
        "anna",
        "a\\u{1b}b",
    ]
    .iter()
    .map(|name| name.as_bytes())
    .chain(long.iter().map(String::as_bytes))
    .chain([&b"latin\xff"[..], b"latin\xfe"])
    .collect();
    for name in &names {
        hand_in(&class, OsStr::from_bytes(name));
    }
    // Not graded, and therefore named.
    let named = [".hidden", "...", "old"];
    hand_in(&class, ".hidden");
    hand_in(&class, "...");
    fs::write(class.join("dora.rar"), "").unwrap();
    fs::create_dir_all(class.join("old")).unwrap();
    fs::write(class.join("old/.seed"), "7").unwrap();

    let run = |arguments: &[&str], out: &str| {
        let output = grade(folder.path(), &[arguments, &["--out", out]].concat(), "a secret");
        let out = folder.path().join(out);
        assert!(out.join("grades.json").exists(), "{}", String::from_utf8_lossy(&output.stderr));
        for (place, text) in texts(&out, &output) {
            let raw = text
                .chars()
                .find(|c| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || matches!(c, '\u{200b}' | '\u{202e}'));
            assert_eq!(raw, None, "{}", place.display());
        }
        (out, String::from_utf8(output.stderr).unwrap())
    };
    // The reports may lie among the submissions.
    let (out, said) = run(&["class"], "class/out");
    assert_eq!(ids(&out).into_iter().collect::<BTreeSet<_>>().len(), names.len() + 1, "{:?}", ids(&out));
    assert_eq!(fs::read_dir(out.join("feedback")).unwrap().count(), names.len() + 1);
    for name in named {
        assert!(said.lines().any(|line| line.contains(name)), "{name}: {said}");
    }
    let shards = ["1/2", "2/2"].map(|shard| {
        let name = format!("shard-{}", &shard[..1]);
        run(&["class", "--shard", shard], &name);
        name
    });
    let (merged, _) = run(&["merge", &shards[0], &shards[1]], "merged");
    assert_eq!(ids(&merged), ids(&out));
}

#[test]
fn the_secret_is_used_and_shown_to_no_learner() {
    let secret = "correct horse battery staple";
    let number = seed::given(None, Some(secret.into())).unwrap().unwrap();
    let folder = TempDir::new().unwrap();
    hand_in(folder.path(), "class/anna");
    // A file that is rejected is graded without a build.
    fs::write(folder.path().join("class/anna/quest-03-queue.rs"), "unsafe fn queue() {}").unwrap();
    let results = ["gradescope.json", "classroom.json"];
    let arguments = ["class", "--out", "out", "--gradescope", results[0], "--classroom", results[1]];
    let output = grade(folder.path(), &arguments, secret);
    let out = folder.path().join("out");
    let mut texts = texts(&out, &output);
    texts.extend(results.map(|name| (name.into(), fs::read_to_string(folder.path().join(name)).unwrap())));
    assert!(texts.iter().all(|(_, text)| !text.contains(secret)), "{output:?}");
    // The teacher's own reports say it: with it, the same scenarios are drawn again.
    let of_the_teacher = [".seed", "grades.json", "report.html"].map(|name| out.join(name));
    for (place, text) in &texts {
        assert_eq!(text.contains(&number.to_string()), of_the_teacher.contains(place), "{}", place.display());
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A class in three shards, of which the first two are graded.
fn two_of_three_shards(folder: &Path) {
    for name in ["anna", "ben", "carla", "david", "emil", "fatma"] {
        hand_in(&folder.join("class"), name);
    }
    for shard in ["1", "2"] {
        let given = format!("{shard}/3");
        grade(folder, &["class", "--shard", &given, "--out", &format!("out/{shard}")], "a secret");
    }
}

#[test]
fn a_folder_of_shards_is_merged_to_the_reports_of_one_run() {
    let folder = TempDir::new().unwrap();
    two_of_three_shards(folder.path());
    let output = grade(folder.path(), &["merge", "out", "--out", "out/merged"], "a secret");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("1 of 3 shards is missing: 3."), "{said}");
    assert!(said.contains("cargo xtask grade … --shard 3/3"), "{said}");
    assert!(!folder.path().join("out/merged/report.html").exists(), "half a class has no report");

    let output = grade(folder.path(), &["status", "out"], "a secret");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("3 shards: 2 done, 0 running, 0 silent, 0 failed, 1 not begun."), "{said}");

    grade(folder.path(), &["class", "--shard", "3/3", "--out", "out/3"], "a secret");
    assert_eq!(grade(folder.path(), &["status", "out"], "a secret").status.code(), Some(0));
    grade(folder.path(), &["class", "--out", "whole"], "a secret");
    for _ in 0..2 {
        // The second time, there is the result of the first among the shards.
        let merged =
            grade(folder.path(), &["merge", "out", "--submissions", "class", "--out", "out/merged"], "a secret");
        let whole = texts(&folder.path().join("whole"), &merged);
        assert!(whole.len() > 10, "{merged:?}");
        // What a run notes for the next one is no report.
        let is_report = |path: &Path| path.starts_with(folder.path()) && !name_of(path).starts_with('.');
        for (path, text) in whole.iter().filter(|(path, _)| is_report(path)) {
            let name = path.strip_prefix(folder.path().join("whole")).unwrap();
            let merged = fs::read_to_string(folder.path().join("out/merged").join(name)).unwrap();
            assert_eq!(merged, *text, "{}", name.display());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_course_that_cannot_be_written_is_graded_in_another_folder() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = TempDir::new().unwrap();
    hand_in(&folder.path().join("class"), "anna");
    // In a mount namespace of its own; permissions would not stop root.
    let read_only = |script: &str| {
        let mut command = Command::new("unshare");
        xtask::engine::cargo::clean_environment(&mut command);
        let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
        command.args(["--mount", "sh", "-c", &format!("{mount} && {script}")]).arg(course);
        command.arg(env!("CARGO_BIN_EXE_staff"));
        command
            .current_dir(folder.path())
            .env("CARGO_MANIFEST_DIR", course.join("xtask"))
            .env(seed::VARIABLE, "a secret");
        command.output()
    };
    if !read_only("! touch \"$0/target/x\" 2>/dev/null").is_ok_and(|output| output.status.success()) {
        eprintln!("no folder can be mounted read-only here: nothing was tested");
        return;
    }
    let _alone = GRADER.lock().unwrap_or_else(PoisonError::into_inner);
    let output = read_only("exec \"$1\" grade class").unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Read-only file system") && said.contains("`--work DIR`"), "{said}");
    let output = read_only("exec \"$1\" grade class --work work").unwrap();
    assert!(folder.path().join("grades/grades.json").exists(), "{output:?}");
    assert!(folder.path().join("work/lock").exists());
}

#[test]
fn shards_on_one_machine_work_side_by_side() {
    let folder = TempDir::new().unwrap();
    hand_in(&folder.path().join("class"), "anna");
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    let lock = fs::File::create(work.join("lock")).unwrap();
    lock.lock().unwrap();
    let alone = grade(folder.path(), &["class", "--work", "work"], "a secret");
    let said = String::from_utf8(alone.stderr).unwrap();
    assert!(said.contains("another `cargo xtask grade` is running in this work directory"), "{said}");
    grade(folder.path(), &["class", "--work", "work", "--shard", "1/1"], "a secret");
    assert!(folder.path().join("grades/grades.json").exists());
    assert!(folder.path().join("work-2/lock").exists());
}

/// A program that is rejected before it is compiled. Its own part is the same for the same letter.
fn rejected_program(name: &str, letter: char) -> String {
    let operators: String = (1..40)
        .map(|number| {
            let operator = ["+", "-", "*", "/", "%", "^"][(number * u32::from(letter)) as usize % 6];
            format!("    {name} = {name} {operator} {number}; if {name} > {number} {{ return {operator}{name} }}\n")
        })
        .collect();
    format!("pub fn run(mut {name}: i64) -> i64 {{\n{operators}    unsafe {{ {name} }}\n}}\n")
}

fn hand_in_programs(class: &Path, id: &str, letter: char) {
    for quest in ["quest-01-blocking", "quest-03-queue"] {
        let folder = class.join(id).join(quest).join("src");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("learner.rs"), rejected_program(id, letter)).unwrap();
    }
}

fn pages(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_copy_is_one_line_with_pages_and_no_page_outlives_its_submission() {
    let folder = TempDir::new().unwrap();
    let (class, out) = (folder.path().join("class"), folder.path().join("grades"));
    for (id, letter) in [("ann", 'a'), ("bob", 'a'), ("cid", 'a'), ("dot", 'b')] {
        hand_in_programs(&class, id, letter);
    }
    grade(folder.path(), &["class"], "a secret");
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert_eq!(report.matches("identical in 2 quests").count(), 1, "{report}");
    let similar = pages(&out.join("similarity"));
    assert_eq!(similar.len(), 2, "{similar:?}");
    for page in &similar {
        assert!(report.contains(&format!("href=\"similarity/{page}\"")), "{page}");
        let page = fs::read_to_string(out.join("similarity").join(page)).unwrap();
        assert!(page.contains("<mark>") && page.contains("The same program was handed in by: cid."), "{page}");
    }
    // The reports of a part of the class belong elsewhere.
    hand_in_programs(&folder.path().join("late"), "eve", 'c');
    assert_eq!(grade(folder.path(), &["late"], "a secret").status.code(), Some(2));
    assert_eq!(pages(&out.join("feedback")), ["ann.html", "bob.html", "cid.html", "dot.html"]);
    assert_eq!(pages(&out.join("similarity")), similar);
    for id in ["bob", "cid"] {
        fs::remove_dir_all(class.join(id)).unwrap();
    }
    let output = grade(folder.path(), &["class"], "a secret");
    assert_eq!(pages(&out.join("feedback")), ["ann.html", "dot.html"]);
    assert_eq!(pages(&out.join("similarity")), [""; 0]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("4 pages in the reports were out of date, and were removed."), "{said}");
}

#[test]
fn one_late_learner_replaces_no_reports_of_the_class_and_no_other_grade() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("class")).unwrap();
    for name in ["anna", "ben", "late"] {
        fs::write(folder.path().join(format!("class/{name}.zip")), "no archive").unwrap();
    }
    fs::write(folder.path().join("roster.csv"), "submission\nanna\nben\nlate\n").unwrap();
    let roster = ["--roster", "roster.csv"];
    grade(folder.path(), &[&["class"][..], &roster].concat(), "a secret");
    let report = folder.path().join("grades/grades.json");
    let before = fs::read(&report).unwrap();
    let refused = grade(folder.path(), &[&["class/late.zip"][..], &roster].concat(), "a secret");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--out late"), "{refused:?}");
    assert_eq!(fs::read(&report).unwrap(), before);
    let elsewhere = ["class/late.zip", "--out", "late"];
    let graded = grade(folder.path(), &[&elsewhere[..], &roster].concat(), "a secret");
    assert_eq!(graded.status.code(), Some(1), "{graded:?}");
    assert!(String::from_utf8_lossy(&graded.stderr).contains("No score for late: "), "{graded:?}");
    assert_eq!(ids(&folder.path().join("late")), ["late"]);
    let zeros = grade(folder.path(), &[&elsewhere[..], &roster, &["--missing", "zero"]].concat(), "a secret");
    assert_eq!(zeros.status.code(), Some(2), "{zeros:?}");
}

#[test]
fn a_wrong_file_of_a_grade_book_is_found_before_anything_is_graded() {
    let folder = TempDir::new().unwrap();
    hand_in(folder.path(), "class/anna");
    fs::write(folder.path().join("other.csv"), "Name,Points\nAnna,1\n").unwrap();
    fs::write(folder.path().join("latin.csv"), b"Identifier,Zo\xeb\n").unwrap();
    for file in
        [["--moodle", "missing.csv"], ["--moodle", "other.csv"], ["--moodle", "latin.csv"], ["--canvas", "other.csv"]]
    {
        let output = grade(folder.path(), &["class", file[0], file[1]], "a secret");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(file[1]), "{output:?}");
        assert!(!folder.path().join("grades").exists());
    }
}

#[test]
fn a_quest_that_may_be_in_an_unread_archive_is_no_zero_anywhere() {
    let folder = TempDir::new().unwrap();
    let class = folder.path().join("class");
    for id in ["anna", "ben"] {
        fs::create_dir_all(class.join(id)).unwrap();
        fs::write(class.join(id).join("quest-03-queue.rs"), "unsafe {}").unwrap();
    }
    fs::write(class.join("anna/hw.rar"), "Rar!\x1a\x07\0").unwrap();
    fs::write(folder.path().join("roster.csv"), "submission,canvas_id,name\nanna,1,Anna\nben,2,Ben\n").unwrap();
    let arguments = ["class", "--out", "out", "--roster", "roster.csv", "--canvas", "Loops (7)"];
    let output = grade(folder.path(), &arguments, "a secret");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("No score for anna: It may be in what was not read: `hw.rar`"), "{stderr}");
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let grades: Value = serde_json::from_str(&read("grades.json")).unwrap();
    let of_anna: Vec<_> = grades["submissions"][0]["quests"].as_array().unwrap().iter().collect();
    let states: Vec<(&Value, &Value)> = of_anna.iter().map(|quest| (&quest["state"], &quest["earned"])).collect();
    assert_eq!(states[0], (&Value::from("not-read"), &Value::Null));
    assert_eq!(states[2].0, "rejected");
    let canvas = read("canvas.csv");
    assert!(canvas.contains("Ben") && !canvas.contains("Anna"), "{canvas}");
    let table = read("grades.csv");
    assert!(table.contains("\n\"anna\",\"Anna\",\"\",100,\"\",\"\",0,"), "{table}");
    for (page, words) in [("report.html", "a part of what was handed in"), ("feedback/anna.html", "could not be read")]
    {
        assert!(read(page).contains(words), "{page}");
    }
}
