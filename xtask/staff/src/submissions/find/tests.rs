use super::*;
use crate::model::Intake;
use crate::submissions::archive::tests::zip;
use crate::submissions::tests::{Folder, packages};

fn ids(found: &SubmissionList) -> Vec<&str> {
    found.sources.iter().map(|source| source.id.as_str()).collect()
}

fn found(paths: &[PathBuf]) -> SubmissionList {
    find(paths, None).unwrap()
}

fn problem(paths: &[PathBuf]) -> String {
    let error = find(paths, None).unwrap_err();
    assert!(error.is::<UsageError>(), "{error}");
    error.to_string()
}

#[test]
fn a_folder_of_submissions_holds_one_a_learner_in_the_order_of_ids() {
    let folder = Folder::new("class");
    folder.file("dora/quest-03-queue/src/learner.rs", "dora");
    folder.file("anna.zip", zip(&[("quest-03-queue.rs", b"anna")]));
    folder.file("Carl.TAR.GZ", "");
    folder.file("ben.v1.tgz", "");
    folder.folder("emil.zip");
    assert_eq!(ids(&found(&[folder.path()])), ["Carl", "anna", "ben.v1", "dora", "emil.zip"]);
}

#[test]
fn the_teachers_files_are_ignored_and_noted_and_every_other_file_is_somebodys() {
    let folder = Folder::new("ignored");
    for name in [".DS_Store", "roster.csv", "__MACOSX/anna/quest-03-queue.rs", ".git/x", "anna/quest-03-queue.rs"] {
        folder.file(name, "");
    }
    folder.file("ben.rar", "");
    folder.file("notes.csv", "");
    let found = found(&[folder.path()]);
    assert_eq!(ids(&found), ["anna", "ben"]);
    assert_eq!(found.sources[1].read(&[]).hand_in.intake, Intake::Unreadable);
    assert_eq!(found.ignored, [folder.path().join("notes.csv")]);
    let notes = found.notes.join("\n");
    assert!(notes.contains("notes.csv is not a submission: submissions are folders, `.zip`"), "{notes}");
}

#[test]
fn whether_a_file_among_submissions_is_an_archive_is_decided_by_its_content() {
    let folder = Folder::new("by-content");
    let archive = zip(&[("quest-03-queue.rs", b"mine")]);
    for name in ["anna.tar", "ben", "carl.rar", "dora_17_assignsubmission_file_hw.bin", "eve.tar.xz", "sub/hw.7z"] {
        folder.file(&format!("class/{name}"), &archive);
    }
    folder.file("class/fay.zip", b"Rar!\x1a\x07\0");
    folder.file("class/gil.tar.xz", b"");
    let found = found(&[folder.path().join("class")]);
    let platforms = "dora_17_assignsubmission_file";
    assert_eq!(ids(&found), ["anna", "ben", "carl", platforms, "eve", "fay", "gil", "sub"]);
    for source in &found.sources {
        let hand_in = source.read(&packages()).hand_in;
        match source.id.as_str() {
            "fay" => assert_eq!(
                hand_in.problem.unwrap(),
                "`fay.zip` was not read: RAR cannot be read here. Ask for a zip, or unpack it into a folder"
            ),
            "gil" => assert!(hand_in.problem.unwrap().starts_with("`gil.tar.xz` was not read: xz cannot be read")),
            id => assert_eq!(hand_in.files[&3], b"mine", "{id}"),
        }
    }
    // One of them alone.
    let one = super::find(&[folder.path().join("class/ben")], None).unwrap();
    assert_eq!((ids(&one), one.is_single), (vec!["ben"], true));
}

#[test]
fn a_path_may_be_one_submission() {
    let folder = Folder::new("single");
    folder.file("anna/quest-03-queue/src/learner.rs", "");
    folder.file("ben/ben/quest_03_queue.rs", "");
    folder.file("carl.zip", zip(&[]));
    for name in ["anna", "ben", "carl"] {
        let path = folder.path().join(if name == "carl" { "carl.zip" } else { name });
        let found = found(std::slice::from_ref(&path));
        assert_eq!(ids(&found), [name]);
        assert_eq!(found.sources[0].place.shown(), path.display().to_string());
    }
    // From inside the folder, one writes `.` or `..`.
    assert_eq!(ids(&found(&[folder.path().join("anna/quest-03-queue/..")])), ["anna"]);
}

#[test]
fn a_single_folder_inside_a_path_is_a_learners_unless_it_only_repeats_the_name() {
    let folder = Folder::new("one");
    folder.file("class/anna/quest-03-queue/src/learner.rs", "");
    assert_eq!(ids(&found(&[folder.path().join("class")])), ["anna"]);
    // Anna has the name of the class, and is not alone in it.
    folder.file("class/class/quest-03-queue/src/learner.rs", "");
    assert_eq!(ids(&found(&[folder.path().join("class")])), ["anna", "class"]);
}

#[test]
fn a_folder_with_only_an_archive_counts_as_that_archive() {
    let folder = Folder::new("moodle");
    let moodle = "Anna M\u{fc}ller_17_assignsubmission_file";
    folder.file(&format!("{moodle}/homework.zip"), zip(&[("quest-03-queue.rs", b"anna")]));
    folder.file("ben/a.zip", "");
    folder.file("ben/b.tgz", "");
    folder.file("carl/old.zip", "");
    folder.file("carl/deep/quest-03-queue/src/learner.rs", "carl");
    let found = found(&[folder.path()]);
    assert_eq!(ids(&found), [moodle, "ben", "carl"]);
    let read = |index: usize| found.sources[index].read(&packages()).hand_in;
    assert_eq!(read(0).files[&3], b"anna");
    let problem = read(1).problem.unwrap();
    assert!(problem.starts_with("No quest was recognized in: a.zip, b.tgz"), "{problem}");
    assert_eq!(read(2).files[&3], b"carl");
}

#[test]
fn of_one_id_twice_none_is_graded_and_both_are_named_and_the_rest_is_graded() {
    let folder = Folder::new("twice");
    folder.file("a/anna/quest-03-queue.rs", "");
    folder.file("b/anna.zip", "");
    folder.file("b/ben/quest-03-queue.rs", "");
    let found = found(&[folder.path().join("a"), folder.path().join("b")]);
    assert_eq!(ids(&found), ["anna", "ben"]);
    let read = found.sources[0].read(&[]).hand_in;
    assert_eq!(read.intake, Intake::Undecided);
    let problem = read.problem.unwrap();
    assert!(problem.contains("the folder `anna` and the archive `anna.zip`"), "{problem}");
    assert_ne!(found.sources[1].read(&[]).hand_in.intake, Intake::Undecided);
    let notes = found.notes.join("\n");
    assert!(notes.contains("2 submissions are named `anna`"), "{notes}");
    for path in ["a", "b"] {
        assert!(notes.contains(&folder.path().join(path).display().to_string()), "{notes}");
    }
}

#[test]
fn whatever_is_not_graded_is_named_with_the_reason() {
    let folder = Folder::new("hidden");
    folder.file("anna/quest-03-queue.rs", "");
    folder.file(".hidden/quest-03-queue.rs", "");
    folder.file(".../quest-03-queue.rs", "");
    folder.file(".zipped.zip", "");
    let found = found(&[folder.path()]);
    assert_eq!(ids(&found), ["anna"]);
    for name in [".hidden", "...", ".zipped.zip"] {
        let start = format!("{} is not graded: ", folder.path().join(name).display());
        assert!(found.notes.iter().any(|note| note.starts_with(&start)), "{name}: {:?}", found.notes);
    }
}

#[test]
fn reports_among_the_submissions_are_no_learner() {
    let folder = Folder::new("reports");
    folder.file("anna/quest-03-queue.rs", "");
    folder.file("grades/.seed", "7");
    folder.file("shard-2/grades.json", "{}");
    folder.file("shard-2/feedback/anna.html", "");
    let found = found(&[folder.path()]);
    assert_eq!(ids(&found), ["anna"]);
    assert_eq!(found.notes.iter().filter(|note| note.ends_with("it contains reports of this grader")).count(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn names_reach_reports_and_terminals_escaped_and_stay_different() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new("escaped");
    let names: [&[u8]; 6] = [b"a\x1b]0;x\x07", b"a\xff", b"a\xfe", b"a\\xff", b"a\n.rar", "a\u{202e}".as_bytes()];
    for name in names {
        fs::create_dir(folder.path().join(OsStr::from_bytes(name))).unwrap();
    }
    fs::write(folder.path().join("\u{1b}[2J.rar"), "").unwrap();
    let found = found(&[folder.path()]);
    let ids: std::collections::BTreeSet<&str> = ids(&found).into_iter().collect();
    assert_eq!(ids.len(), names.len() + 1);
    assert!(ids.contains("a\\u{1b}]0;x\\u{7}"), "{ids:?}");
    let shown = ids.iter().copied().chain(found.notes.iter().map(String::as_str));
    assert!(shown.flat_map(str::chars).all(|c| !c.is_control() && c != '\u{202e}'), "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_too_long_for_reports_has_an_id_that_no_report_shortens() {
    use crate::text::escape::escape_again;
    use crate::text::truncate::{MAX_LINE, truncate_line};
    let folder = Folder::new("long");
    let controls = "\u{1b}".repeat(254);
    for name in [controls.clone() + "a", controls.clone() + "b", "x".repeat(255)] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let found = found(&[folder.path()]);
    let ids: std::collections::BTreeSet<&str> = ids(&found).into_iter().collect();
    assert_eq!(ids.len(), 3);
    // As when shards are merged.
    assert!(ids.iter().all(|id| truncate_line(&escape_again(id), MAX_LINE) == *id), "{ids:?}");
    let roster = folder.path().join("roster.csv");
    fs::write(&roster, format!("submission,name\n{controls}a,Anna\n")).unwrap();
    let found = find(&[folder.path()], [Roster::read(&roster).unwrap()]).unwrap();
    assert_eq!(found.sources.iter().filter(|source| source.learner.contains_key("name")).count(), 1);
    assert_eq!(found.sources.len(), 3);
}

#[test]
fn paths_without_a_submission_are_the_teachers_error() {
    let folder = Folder::new("none");
    assert!(problem(&[folder.path().join("nowhere")]).contains("nowhere cannot be read"));
    assert!(problem(&[folder.path()]).starts_with("there is no submission in "));
    folder.file("notes.csv", "");
    assert!(problem(&[folder.path()]).contains("notes.csv is not a submission"));
    folder.file("anna.rar", "");
    assert!(problem(&[folder.path().join("anna.rar")]).contains("anna.rar is not a submission"));
}

#[test]
fn the_rosters_learners_are_all_there_in_order() {
    let folder = Folder::new("roster");
    folder.file("ben/quest-03-queue.rs", "");
    folder.file("roster.csv", "submission,name\nben,Ben\nanna,Anna\n");
    let roster = Roster::read(&folder.path().join("roster.csv")).unwrap();
    let found = find(&[folder.path()], [roster]).unwrap();
    assert_eq!(ids(&found), ["anna", "ben"]);
    assert_eq!(found.sources[1].learner["name"], "Ben");
    assert_eq!(found.sources[0].read(&[]).hand_in.intake, Intake::Missing);
}

#[cfg(unix)]
#[test]
fn a_submission_that_is_a_link_is_rejected() {
    let folder = Folder::new("linked");
    folder.file("elsewhere/quest-03-queue.rs", "");
    folder.folder("class");
    std::os::unix::fs::symlink("../elsewhere", folder.path().join("class/anna")).unwrap();
    std::os::unix::fs::symlink("../nowhere", folder.path().join("class/ben.zip")).unwrap();
    for paths in
        [vec![folder.path().join("class")], vec![folder.path().join("class/anna"), folder.path().join("class/ben.zip")]]
    {
        let found = found(&paths);
        assert_eq!(ids(&found), ["anna", "ben"]);
        for source in &found.sources {
            assert!(source.read(&[]).hand_in.problem.unwrap().starts_with("the submission is a link"));
        }
    }
}

/// A roster of these names of submissions.
fn roster(names: &[&str]) -> Roster {
    Roster::of_learners(names.iter().map(|name| [("name".to_owned(), (*name).to_owned())].into()))
}

#[test]
fn known_endings_are_no_part_of_an_id_and_other_points_are() {
    let folder = Folder::new("endings");
    for name in ["anna.tar.xz", "ben.7z", "carl.docx", "j.smith", "dora.v2.rar", "e.rs"] {
        folder.file(name, "");
    }
    assert_eq!(ids(&found(&[folder.path()])), ["anna", "ben", "carl", "dora.v2", "e", "j.smith"]);
}

#[test]
fn whatever_no_row_belongs_to_is_named_even_if_it_is_hidden_and_the_graders_folders_are_not() {
    let folder = Folder::new("unmatched");
    folder.file("anna/quest-03-queue.rs", "");
    folder.file("stranger/quest-03-queue.rs", "");
    folder.file(".ben/quest-03-queue.rs", "");
    folder.file(".carl.zip", "");
    folder.file(".vscode/settings.json", "");
    folder.file("results/own/anything", "");
    folder.file("results/late/.seed", "");
    folder.file("dora/notes.txt", "");
    let mut found = find(&[folder.path()], None).unwrap();
    // `dora` holds something else, too, and the other one is not there yet.
    found.without(
        &["results/own", "dora/out", "nowhere/yet"].map(|own| folder.path().join(own)).each_ref().map(|path| &**path),
    );
    assert_eq!(ids(&found), ["anna", "dora", "stranger"]);
    assert!(found.unmatched.is_empty(), "without a roster, nobody is expected");
    found.introduce([roster(&["Anna", "Dora", "Ben"]), roster(&["anna", "ben"])]);
    let unmatched: Vec<&str> = found.unmatched.iter().map(String::as_str).collect();
    assert_eq!(unmatched, [".ben", ".carl.zip", "dora", "stranger"], "the second roster does not have dora");
    let notes = found.notes.join("\n");
    assert_eq!(notes.matches("the roster has no row for the submission `stranger`").count(), 1, "{notes}");
}

#[test]
fn the_folder_that_will_hold_the_reports_of_shards_is_no_submission() {
    let folder = Folder::new("shards");
    folder.file("anna/quest-03-queue.rs", "");
    folder.folder("out/2");
    folder.file("out/1/.seed", "");
    let mut found = found(&[folder.path()]);
    found.without(&[&folder.path().join("out/2")]);
    assert_eq!(ids(&found), ["anna"]);
    folder.file("out/anna/quest-03-queue.rs", "");
    let mut found = find(&[folder.path()], None).unwrap();
    found.without(&[&folder.path().join("out/2")]);
    assert_eq!(ids(&found), ["anna", "out"], "what may be a learner's stays");
}

#[test]
fn decisions_among_the_submissions_are_found_and_a_learners_are_not() {
    let folder = Folder::new("policies");
    folder.file("class/anna/quest-03-queue.rs", "");
    folder.file("class/anna/grading.toml", "");
    folder.file("class/ben/quest-03-queue.rs", "");
    let path = folder.file("class/Grading.toml", "");
    assert_eq!(found(&[folder.path().join("class")]).policies, [path]);
    assert_eq!(found(&[folder.path().join("class/anna")]).policies, [""; 0].map(PathBuf::from));
    let entries: [(&str, &[u8]); 2] = [("A_1_assignsubmission_file_/quest-03-queue.rs", b""), ("grading.toml", b"")];
    let archive = folder.file("download.zip", zip(&entries));
    assert_eq!(found(std::slice::from_ref(&archive)).policies, [archive.join("grading.toml")]);
}

#[test]
fn an_archive_that_was_handed_in_is_not_nothing() {
    let folder = Folder::new("empty-archives");
    for name in ["Ada_1_assignsubmission_file_hw.zip", "Ben_2_assignsubmission_file_/hw.zip", "carl.zip"] {
        folder.file(&format!("class/{name}"), zip(&[]));
    }
    let found = found(&[folder.path().join("class")]);
    for source in &found.sources {
        assert_eq!(source.read(&packages()).hand_in.intake, Intake::NotRecognized, "{}", source.id);
    }
    assert_eq!(found.sources.len(), 3);
}

#[test]
fn a_file_with_the_name_of_somebody_absent_was_handed_in_and_others_are_the_teachers() {
    let folder = Folder::new("texts");
    for name in ["ada.md", "Ben Okafor.xlsx", "carl.json", "carl/quest-03-queue.rs", "README.md", "hints.toml"] {
        folder.file(&format!("class/{name}"), "my homework");
    }
    let mut found = found(&[folder.path().join("class")]);
    assert_eq!(ids(&found), ["carl"]);
    let learner =
        |name: &str, email: &str| [("name".to_owned(), name.to_owned()), ("email".to_owned(), email.to_owned())].into();
    let people = [("Ada", "ada@uni.example"), ("Ben Okafor", "b@uni.example"), ("Carl", "carl@uni.example")];
    found.introduce([Roster::of_learners(people.map(|(name, email)| learner(name, email)))]);
    let intakes: Vec<Intake> = found.sources.iter().map(|source| source.read(&packages()).hand_in.intake).collect();
    assert_eq!(intakes, [Intake::Unreadable, Intake::Unreadable, Intake::Accepted], "{:?}", ids(&found));
    assert!(found.unmatched.is_empty(), "{:?}", found.unmatched);
}

#[test]
fn an_archive_that_holds_a_class_is_nobodys() {
    let folder = Folder::new("zipped-class");
    let inner = zip(&[("quest-03-queue.rs", b"x")]);
    let content = |name: &str| match name {
        _ if name.ends_with("zip") => inner.clone(),
        _ if name.contains("sleep") => b"pub struct Sleep;".to_vec(),
        _ => b"pub fn put() {}".to_vec(),
    };
    let packed = |names: [&str; 2]| {
        let contents = names.map(content);
        zip(&[(names[0], &contents[0]), (names[1], &contents[1])])
    };
    for (file, names) in [
        ("places.zip", ["class/ada/quest-03-queue/src/learner.rs", "class/ben/quest-03-queue/src/learner.rs"]),
        ("files.zip", ["ada/quest_03_queue.rs", "ben/quest_03_queue.rs"]),
        ("learners.zip", ["ada/src/learner.rs", "ben/learner (1).rs"]),
        ("archives.zip", ["ada.zip", "ben.zip"]),
    ] {
        let found = found(&[folder.file(file, packed(names))]);
        let hand_in = found.sources[0].read(&packages()).hand_in;
        assert_eq!(hand_in.intake, Intake::Undecided, "{file}");
        let why = hand_in.problem.unwrap();
        assert!(why.contains("`ada") && why.contains("`ben") && why.contains("unpack"), "{why}");
    }
    for (file, names) in [
        ("one.zip", ["ada/quest-03-queue/src/learner.rs", "ada/quest-04-sleep/src/learner.rs"]),
        ("attempts.zip", ["attempt 1/quest-03-queue.rs", "attempt 2/quest-03-queue.rs"]),
        ("final.zip", ["first.zip", "final.zip"]),
        ("beside.zip", ["quest-03-queue.rs", "quest-04-sleep/learner.rs"]),
        ("quests.zip", ["queue/quest_03_queue.rs", "sleep/quest_04_sleep.rs"]),
    ] {
        let found = found(&[folder.file(file, packed(names))]);
        assert!(matches!(found.sources[0].place, SubmissionPath::Archive(_)), "{file}");
    }
}

#[test]
fn whatever_is_hidden_and_may_be_work_keeps_the_absent_from_a_zero() {
    let inner = zip(&[("learner.rs", b"x")]);
    for (name, content) in [
        (".anna/learner.rs", &b"x"[..]),
        (".anna/hw.zip", &inner),
        (".late/ben/learner.rs", b"x"),
        (".anna.rs", b"x"),
        (".anna.rar", b"Rar!\x1a\x07\0"),
    ] {
        let folder = Folder::new("hidden-work");
        folder.file("class/carl/quest-03-queue.rs", "x");
        folder.file(&format!("class/{name}"), content);
        let mut found = found(&[folder.path().join("class")]);
        found.introduce([Roster::of_learners([])]);
        assert_eq!(found.unmatched.len(), 2, "{name}: {:?}", found.unmatched);
    }
}

#[test]
fn a_text_is_somebodys_by_any_name_that_the_roster_has_and_nobodys_if_two_could_be_meant() {
    let folder = Folder::new("texts-by-name");
    for name in ["Anna.md", "b@uni.example.json", "Kim Lee.md", "carl/quest-03-queue.rs"] {
        folder.file(&format!("class/{name}"), "my homework");
    }
    let learner = |cells: &[(&str, &str)]| -> BTreeMap<String, String> {
        cells.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
    };
    let mut found = found(&[folder.path().join("class")]);
    found.introduce([Roster::of_learners([
        learner(&[("name", "Carl")]),
        learner(&[("name", "anna"), ("canvas_id", "1")]),
        learner(&[("name", "Ben"), ("email", "b@uni.example")]),
        learner(&[("name", "Kim Lee"), ("canvas_id", "2")]),
        learner(&[("name", "Kim Lee"), ("canvas_id", "3")]),
    ])]);
    let absent = found.sources.iter().filter(|source| source.place == SubmissionPath::Missing);
    let absent: Vec<&str> = absent.map(|source| source.learner["name"].as_str()).collect();
    assert_eq!(absent, ["Kim Lee", "Kim Lee"]);
    assert_eq!(found.unmatched, ["Kim Lee".to_owned()].into());
}
