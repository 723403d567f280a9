//! The handout of the real course: what it contains, and that it gives nothing away.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::course::Course;
use xtask::engine::cargo;
use xtask::exit::UsageError;

/// What is left out on purpose. Every addition to the course is either handed out or listed here.
const LEFT_OUT: [&str; 16] = [
    ".ci",
    ".git",
    ".github",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "deploy",
    "solutions",
    "timeline/benches",
    "timeline/observe/tests",
    "timeline/tests",
    "xtask/benches",
    "xtask/staff",
    "xtask/tests",
    "xtask/watch/tests",
];

/// Lines that the runner and a solution have in common, since both replace a file in one step.
const COINCIDENCES: [&str; 1] = ["let _ = fs::remove_file(&temporary);"];

#[test]
fn every_file_of_the_course_is_handed_out_or_left_out_on_purpose() {
    let course = course();
    let handout = handout("whole", &course);
    let mut expected = files(&course.root);
    expected.retain(|file| !is_log(file) && !LEFT_OUT.iter().any(|left_out| file.starts_with(left_out)));
    expected.extend(["solutions/Cargo.toml", "solutions/src/lib.rs"].map(PathBuf::from));
    assert_eq!(files(&handout), expected, "add what is new to the handout's contents, or to LEFT_OUT here");
}

/// The output of these tests may well be saved next to the course.
fn is_log(file: &Path) -> bool {
    file.components().count() == 1 && file.extension().is_some_and(|ending| ending == "log" || ending == "txt")
}

#[test]
fn every_learners_file_is_the_stub() {
    let course = course();
    let handout = handout("stubs", &course);
    for quest in &course.quests {
        let learner = fs::read(handout.join(course.relative(&quest.learner()))).unwrap();
        assert_eq!(learner, fs::read(quest.stub()).unwrap(), "{}", quest.package);
    }
}

#[test]
fn no_line_and_no_name_of_the_solutions_is_handed_out() {
    let course = course();
    let handout = handout("secret", &course);
    let secret_files = files(&course.root.join("solutions"));
    let handed_out: Vec<(PathBuf, String)> = files(&handout)
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(handout.join(&file)).unwrap();
            (file, text)
        })
        .collect();
    let public: BTreeSet<String> = public_files(&course).iter().flat_map(|file| lines(file)).collect();
    let secret: BTreeSet<String> = secret_files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .flat_map(|file| lines(&course.root.join("solutions").join(file)))
        // An import of std gives nothing away.
        .filter(|line| line.len() >= 30 && !line.starts_with("use ") && !public.contains(line))
        .filter(|line| !COINCIDENCES.contains(&line.as_str()))
        .collect();
    assert!(secret.len() > 1000, "{} lines", secret.len());
    for (file, text) in &handed_out {
        for line in text.lines() {
            assert!(!secret.contains(line.trim()), "{} holds a line of the solutions: {line}", file.display());
        }
    }
    let programs = secret_files.iter().filter(|file| file.starts_with("wrong") || file.starts_with("alternatives"));
    let names: BTreeSet<&str> = programs.filter_map(|file| file.file_stem()?.to_str()).collect();
    for (file, text) in &handed_out {
        let is_public = file.starts_with("timeline") || file.starts_with("xtask/src");
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        assert!(is_public || !names.contains(stem), "{} is named as a program", file.display());
        let of_quest = names.iter().filter(|name| name.matches('-').count() > 1).find(|name| text.contains(**name));
        assert_eq!(of_quest, None, "{} names a program", file.display());
    }
}

#[test]
fn cargo_takes_it_as_it_is_and_needs_no_library_that_only_graders_need() {
    let course = course();
    let handout = handout("cargo", &course);
    let mut command = Command::new(cargo::program());
    cargo::clean_environment(&mut command);
    // `metadata` would need the libraries of every platform, but only this platform's are here.
    command.current_dir(&handout).args(["tree", "--workspace", "--locked", "--offline", "--prefix", "none"]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let packages = |folder: &Path| -> BTreeSet<(String, String)> {
        let lock: toml::Table = fs::read_to_string(folder.join("Cargo.lock")).unwrap().parse().unwrap();
        let word = |package: &toml::Value, key: &str| package[key].as_str().unwrap().to_owned();
        let packages = lock["package"].as_array().unwrap().iter();
        packages.map(|package| (word(package, "name"), word(package, "version"))).collect()
    };
    let (all, handed_out) = (packages(&course.root), packages(&handout));
    assert!(handed_out.is_subset(&all), "{:?}", handed_out.difference(&all));
    let left_out: BTreeSet<&str> = all.difference(&handed_out).map(|(name, _)| name.as_str()).collect();
    assert!(left_out.contains("staff") && left_out.contains("toml_edit"), "{left_out:?}");
}

/// The runner leaves out the commands that need these.
#[test]
fn there_are_neither_solutions_nor_staff_commands() {
    let handout = Course::read(handout("commands", &course())).unwrap();
    assert!(!handout.has_solutions() && !handout.has_staff());
}

#[test]
fn no_link_leads_nowhere() {
    let handout = handout("links", &course());
    let mut checked = 0;
    for file in files(&handout).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "md")) {
        let text = fs::read_to_string(handout.join(&file)).unwrap();
        assert!(!text.contains("instructors -->"), "{}", file.display());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if !target.contains("://") && !path.is_empty() {
                let folder = handout.join(&file).parent().unwrap().to_owned();
                assert!(folder.join(path).exists(), "{} links to {target}", file.display());
                checked += 1;
            }
        }
    }
    assert!(checked >= 12, "{checked} links");
}

#[test]
fn stray_files_stay_where_they_are_and_are_reported() {
    let copy = Course::read(copy_of_course("strays")).unwrap();
    let first = handout("strays-before", &copy);
    let write = |file: &str, text: &str| {
        fs::create_dir_all(copy.root.join(file).parent().unwrap()).unwrap();
        fs::write(copy.root.join(file), text).unwrap();
    };
    for file in [
        ".env",
        "submissions/ada/quest-03-queue/src/learner.rs",
        "quest-03-queue/src/learner.rs.bak",
        "quest-03-queue/src/mine.rs",
        "quest-03-queue/tests/mine.rs",
        "quest-03-queue/tests/snapshots/mine.snap.new",
        "timeline/src/mine.rs",
    ] {
        write(file, "secret");
    }
    write("quest-03-queue/src/learner.rs", "my own work");
    let second = folder("strays-after").join("handout");
    let mut notes = staff::handout::write(&copy, &second).unwrap();
    notes.retain(|note| !note.split_whitespace().next().is_some_and(|file| is_log(Path::new(file))));
    let content = |root: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        files(root).into_iter().map(|file| (file.clone(), fs::read(root.join(file)).unwrap())).collect()
    };
    assert!(content(&first) == content(&second), "{:?}", files(&second).difference(&files(&first)));
    assert_eq!(
        notes,
        [
            ".env was left out: it is not part of the course.",
            "submissions was left out: it is not part of the course.",
            "quest-03-queue/src/learner.rs has been edited or is missing. The handout contains the stub instead.",
        ]
        .map(|note| note.replace("quest-03-queue/src/learner.rs", &learner_path()))
    );
}

#[test]
fn it_goes_to_a_new_or_an_empty_folder_outside_of_the_course() {
    let copy = Course::read(copy_of_course("places")).unwrap();
    let around = folder("places-around");
    fs::create_dir_all(around.join("full")).unwrap();
    fs::write(around.join("full/letter.txt"), "dear").unwrap();
    fs::write(around.join("file"), "text").unwrap();
    let inside = copy.root.join("handout");
    let cases = [
        (around.join("full"), "is not empty"),
        (around.join("file"), "is a file"),
        (inside.clone(), "inside the course's folder"),
        (around.join("nowhere/../../up"), "contains a folder that does not exist"),
    ];
    for (to, words) in cases {
        let error = staff::handout::write(&copy, &to).unwrap_err();
        assert!(error.is::<UsageError>() && error.to_string().contains(words), "{error:#}");
    }
    assert_eq!(files(&around), ["file", "full/letter.txt"].map(PathBuf::from).into());
    assert!(!inside.exists());
    for to in [around.join("new/deep"), around.join("empty"), copy.root.join("target/handout")] {
        if to.ends_with("empty") {
            fs::create_dir(&to).unwrap();
        }
        staff::handout::write(&copy, &to).unwrap();
        assert!(to.join("README.md").is_file());
    }
}

#[test]
fn a_handout_that_fails_leaves_nothing() {
    let copy = Course::read(copy_of_course("fails")).unwrap();
    let around = folder("fails-around");
    fs::remove_file(copy.root.join("LICENSE-MIT")).unwrap();
    let error = staff::handout::write(&copy, &around.join("handout")).unwrap_err();
    assert!(format!("{error:#}").contains("LICENSE-MIT"), "{error:#}");
    assert_eq!(fs::read_dir(&around).unwrap().count(), 0);
}

fn course() -> Course {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    Course::read(root.to_owned()).unwrap()
}

/// As it is shown on this system.
fn learner_path() -> String {
    Path::new("quest-03-queue").join("src").join("learner.rs").display().to_string()
}

/// A separate handout for each test.
fn handout(test: &str, course: &Course) -> PathBuf {
    let to = folder(test).join("handout");
    staff::handout::write(course, &to).unwrap();
    to
}

/// An empty folder.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("handout").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A copy of the course that a test may spoil.
fn copy_of_course(test: &str) -> PathBuf {
    let course = course();
    let copy = folder(&format!("{test}-course"));
    for file in files(&course.root) {
        fs::create_dir_all(copy.join(&file).parent().unwrap()).unwrap();
        fs::copy(course.root.join(&file), copy.join(&file)).unwrap();
    }
    copy
}

/// The files whose lines the solutions may share: learners read them anyway.
fn public_files(course: &Course) -> Vec<PathBuf> {
    let of_quests = course.quests.iter().flat_map(|quest| {
        let mut files: Vec<PathBuf> = files(&quest.folder).into_iter().map(|file| quest.folder.join(file)).collect();
        files.retain(|file| *file != quest.learner());
        files
    });
    let timeline = course.root.join("timeline");
    of_quests.chain(files(&timeline).into_iter().map(|file| timeline.join(file))).collect()
}

/// Every file below `folder` that could be the course's, by its path from there.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_none = [".course", ".git", "target"].iter().any(|name| path == root.join(name));
            if path.is_dir() && !is_none {
                collect(root, &path, found);
            } else if !is_none {
                found.insert(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(folder, folder, &mut found);
    found
}

fn lines(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap().lines().map(|line| line.trim().to_owned()).collect()
}
