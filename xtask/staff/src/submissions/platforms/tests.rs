//! Trees exactly as the platforms deliver them.

use crate::model::Intake;
use crate::submissions::archive::tests::{with_large_target, zip};
use crate::submissions::platforms::download;
use crate::submissions::tests::{Folder, packages};
use crate::submissions::{Submission, SubmissionList, SubmissionPath, find};
use pretty_assertions::assert_eq;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

fn found(path: PathBuf) -> SubmissionList {
    find(&[path], None).unwrap()
}

fn read(found: &SubmissionList) -> Vec<Submission> {
    found.sources.iter().map(|source| source.read(&packages())).collect()
}

/// The ids, each with what was handed in for quest 3.
fn queues(path: PathBuf) -> Vec<(String, String)> {
    let found = found(path);
    let text = |submission: &Submission| {
        submission.hand_in.files.get(&3).map_or_else(String::new, |file| String::from_utf8_lossy(file).into_owned())
    };
    read(&found).iter().map(|submission| (submission.id.clone(), text(submission))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

/// The files of a download from Moodle.
fn moodle() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("Ada ß_1_assignsubmission_file_/quest-03-queue/src/learner.rs", b"ada".to_vec()),
        ("Ada ß_1_assignsubmission_onlinetext_/onlinetext.html", b"<p>Hello</p>".to_vec()),
        ("Ben Ø_2_assignsubmission_file/hw.zip", zip(&[("quest-03-queue.rs", b"ben")])),
        ("Ben Ø_3_assignsubmission_file_quest-03-queue.rs", b"other ben".to_vec()),
        ("Ben Ø_3_assignsubmission_onlinetext_onlinetext.html", b"<p>Hello</p>".to_vec()),
        ("Participant_4_assignsubmission_file_/quest-03-queue.rs", b"nobody".to_vec()),
        ("Team A-Default_5_assignsubmission_file_hw.zip", zip(&[("quest-03-queue.rs", b"team")])),
    ]
}

fn moodles_learners() -> Vec<(String, String)> {
    pairs(&[
        ("Ada ß_1_assignsubmission_file_", "ada"),
        ("Ben Ø_2_assignsubmission_file", "ben"),
        ("Ben Ø_3_assignsubmission_file", "other ben"),
        ("Participant_4_assignsubmission_file_", "nobody"),
        ("Team A-Default_5_assignsubmission_file", "team"),
    ])
}

#[test]
fn a_learner_of_moodle_is_one_submission_with_an_online_text_or_loose_files() {
    let folder = Folder::new("platform-moodle");
    for (name, content) in moodle() {
        folder.file(&format!("class/{name}"), content);
    }
    assert_eq!(queues(folder.path().join("class")), moodles_learners());
    let submissions = read(&found(folder.path().join("class")));
    assert_eq!(submissions[0].learner["moodle_id"], "1");
    assert!(submissions[0].hand_in.remarks[0].contains("typed into the platform"));
    // One folder too high.
    assert_eq!(queues(folder.path()), moodles_learners());
}

#[test]
fn moodles_archive_of_a_class_is_graded_as_it_is() {
    let folder = Folder::new("platform-moodle-zip");
    let files = moodle();
    let entries: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (*name, content.as_slice())).collect();
    let path = folder.file("downloads/CS1-Homework-77.zip", zip(&entries));
    assert_eq!(queues(path), moodles_learners());
    // In a folder, it could be the archive of one learner, who chose the names in it.
    let in_a_folder = read(&found(folder.path().join("downloads")));
    assert_eq!(in_a_folder.len(), 1);
    assert_eq!(in_a_folder[0].hand_in.intake, Intake::Undecided);
}

/// The files of a download from Canvas.
fn canvas() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("lovelaceada_12_901_hw.zip", zip(&[("quest-03-queue.rs", b"ada")])),
        ("oneilben_LATE_13_902_quest-03-queue.rs", b"ben".to_vec()),
        ("oneilben_LATE_13_903_quest-04-sleep.rs", b"sleep".to_vec()),
        ("_14_904_quest-03-queue.rs", b"no letters".to_vec()),
        ("李雷_15_text.html", b"<p>Sorry</p>".to_vec()),
        ("anon_aB3dE_905_quest-03-queue.rs", b"anonymous".to_vec()),
    ]
}

fn canvas_learners() -> Vec<(String, String)> {
    pairs(&[
        ("14", "no letters"),
        ("anon_aB3dE", "anonymous"),
        ("lovelaceada_12", "ada"),
        ("oneilben_13", "ben"),
        ("李雷_15", ""),
    ])
}

#[test]
fn all_attachments_of_a_learner_of_canvas_are_one_submission() {
    let folder = Folder::new("platform-canvas");
    for (name, content) in canvas() {
        folder.file(&format!("submissions/{name}"), content);
    }
    assert_eq!(queues(folder.path().join("submissions")), canvas_learners());
    let submissions = read(&found(folder.path().join("submissions")));
    let ben = &submissions[3];
    assert_eq!(ben.hand_in.files[&4], b"sleep");
    assert_eq!(
        (ben.learner["canvas_id"].as_str(), &ben.hand_in.remarks[0][..]),
        ("13", "The platform marks it as late.")
    );
    let files = canvas();
    let entries: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (*name, content.as_slice())).collect();
    assert_eq!(queues(folder.file("submissions.zip", zip(&entries))), canvas_learners());
}

const GRADESCOPE: &str = "submission_1:\n  :submitters:\n  - :name: Ada\n    :email: ada@example.org\n  \
    :created_at: 2026-04-26 17:34:00 Z\nsubmission_2:\n  :submitters:\n  - :name: Ben\n    :email: ben@example.org\n  \
    - :name: Eve\n    :email: eve@example.org\n  :created_at: 2026-04-26 17:34:00 Z\nsubmission_3:\n  :submitters:\n  \
    - :name: Ada\n    :email: ada@example.org\n  :created_at: 2026-04-27 17:34:00 Z\nsubmission_4:\n  :submitters: []\n";

#[test]
fn gradescopes_export_gives_each_submitter_the_newest_submission() {
    let folder = Folder::new("platform-gradescope");
    folder.file("assignment_9_export/submission_metadata.yml", GRADESCOPE);
    for (name, text) in [("1", "first"), ("2", "group"), ("3", "final")] {
        folder.file(&format!("assignment_9_export/submission_{name}/quest-03-queue.rs"), text);
    }
    folder.file("assignment_9_export/submission_5/quest-04-sleep.rs", "in no list");
    let expected = pairs(&[
        ("submission_2 ben@example.org", "group"),
        ("submission_2 eve@example.org", "group"),
        ("submission_3", "final"),
        ("submission_4", ""),
        ("submission_5", ""),
    ]);
    for path in [folder.path().join("assignment_9_export"), folder.path()] {
        assert_eq!(queues(path), expected);
    }
    let submissions = read(&found(folder.path()));
    assert_eq!(submissions[2].submitted.as_deref(), Some("2026-04-27T17:34:00Z"));
    assert!(submissions[2].hand_in.remarks[0].ends_with("submission_1."), "{:?}", submissions[2].hand_in.remarks);
    assert_eq!(submissions[3].hand_in.intake, Intake::Unreadable);
    assert_eq!(submissions[4].hand_in.files[&4], b"in no list");
}

#[test]
fn a_list_of_submissions_names_no_folder_elsewhere() {
    let folder = Folder::new("platform-gradescope-elsewhere");
    folder.file("class/bob/quest-03-queue.rs", "bob");
    let absolute = folder.path().join("class/bob");
    for key in [absolute.to_str().unwrap(), "../bob", "inner/../../bob", "..", "."] {
        let list = format!("{key:?}:\n  :submitters: []\n");
        folder.folder("class/anna/submission_1");
        folder.file("class/anna/submission_metadata.yml", list);
        let found = found(folder.path().join("class/anna"));
        let submissions = read(&found);
        assert!(submissions.iter().all(|submission| submission.hand_in.files.is_empty()), "{key}: {submissions:?}");
    }
}

#[test]
fn a_list_that_is_broken_costs_only_those_whom_it_would_have_described() {
    let folder = Folder::new("platform-gradescope-broken");
    let broken = GRADESCOPE.replace("  - :name: Ada\n    :email: ada@example.org\n  :created_at: 2026-04-27", "  - [");
    folder.file("gradescope/submission_metadata.yml", broken);
    for name in ["submission_1", "submission_2", "submission_3", "by-mail"] {
        folder.file(&format!("gradescope/{name}/quest-03-queue.rs"), name);
    }
    folder.file("others/zoe/quest-03-queue.rs", "zoe");
    let found = find(&["gradescope", "others"].map(|name| folder.path().join(name)), None).unwrap();
    let graded: Vec<(String, Intake)> =
        read(&found).into_iter().map(|submission| (submission.id, submission.hand_in.intake)).collect();
    let expected = [
        ("by-mail", Intake::Accepted),
        ("submission_1", Intake::Accepted),
        ("submission_2 ben@example.org", Intake::Accepted),
        ("submission_2 eve@example.org", Intake::Accepted),
        ("submission_3", Intake::Unreadable),
        // The list says that it exists.
        ("submission_4", Intake::Unreadable),
        ("zoe", Intake::Accepted),
    ];
    assert_eq!(graded, expected.map(|(id, intake)| (id.to_owned(), intake)));
    let why = read(&found)[4].hand_in.problem.clone().unwrap();
    assert!(why.contains("cannot be read where it says whose this is"), "{why}");
    let notes = found.notes.join("\n");
    assert!(
        notes.contains("`submission_metadata.yml` in `gradescope` cannot be read to its end") && notes.contains("MiB"),
        "{notes}"
    );
}

#[test]
fn a_learners_own_folder_or_archive_with_a_list_is_no_export() {
    const LIST: &str = "hw:\n  :submitters:\n  - :name: Ben\nsubmission_1:\n  :submitters:\n  - :name: Ben\n";
    let of_ben = |found: &SubmissionList| found.sources.iter().any(|source| source.learner.contains_key("name"));
    for (index, paths) in [
        &["quest-03-queue/src/learner.rs"][..],
        &["learner.rs"],
        &["learner.rs", "submission_1/quest-04-sleep.rs"],
        &["hw/quest-03-queue.rs"],
    ]
    .into_iter()
    .enumerate()
    {
        let folder = Folder::new(&format!("platform-own-list-{index}"));
        let mut files: Vec<(&str, &[u8])> = paths.iter().map(|path| (*path, &b"anna"[..])).collect();
        files.push(("submission_metadata.yml", LIST.as_bytes()));
        for (path, content) in &files {
            folder.file(&format!("class/anna/{path}"), content);
        }
        assert!(!of_ben(&found(folder.path().join("class/anna"))), "{paths:?}");
        let alone = found(folder.path().join("class"));
        assert_eq!(alone.sources.iter().map(|source| source.id.as_str()).collect::<Vec<_>>(), ["anna"], "{paths:?}");
        let archive = folder.file("anna.zip", zip(&files));
        let archived = found(archive);
        assert_eq!(archived.sources.iter().map(|source| source.id.as_str()).collect::<Vec<_>>(), ["anna"], "{paths:?}");
    }
    // What looks like an export in every respect is named as one.
    let folder = Folder::new("platform-own-export");
    folder.file("anna/submission_metadata.yml", LIST);
    folder.file("anna/submission_1/quest-03-queue.rs", "anna");
    let notes = found(folder.path().join("anna")).notes.join("\n");
    assert!(notes.contains("this is an export from Gradescope"), "{notes}");
}

#[test]
fn a_clone_from_classroom_is_found_from_the_outer_folder_too() {
    let folder = Folder::new("platform-classroom");
    for user in ["ada", "ben-o"] {
        folder.file(&format!("class/loops-submissions/loops-{user}/quest-03-queue/src/learner.rs"), user);
        folder.file(&format!("class/loops-submissions/loops-{user}/.git/HEAD"), "ref: refs/heads/main");
    }
    folder.file("class/classroom_roster.csv", "\"identifier\",\"github_username\",\"github_id\",\"name\"\n");
    folder.file("class/grades.csv", "assignment_name,github_username\n");
    for path in ["class", "class/loops-submissions"] {
        let path = folder.path().join(path);
        assert_eq!(queues(path.clone()), pairs(&[("loops-ada", "ada"), ("loops-ben-o", "ben-o")]));
        assert_eq!(found(path).sources[1].learner["github_username"], "ben-o");
    }
}

#[test]
fn no_learner_hands_in_for_another_by_choosing_a_platforms_names() {
    let folder = Folder::new("platform-chosen");
    folder.file("ada/Ben_2_assignsubmission_file_/quest-03-queue.rs", "ada");
    folder.file("ben/quest-03-queue.rs", "ben");
    folder.file("eve/submission_metadata.yml", "submission_1:\n  :submitters:\n  - :name: Ben\n");
    folder.file("eve/submission_1/quest-03-queue.rs", "eve");
    let ids: Vec<String> = queues(folder.path()).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["ada", "ben", "eve"]);
}

#[test]
fn sections_are_never_one_learner() {
    let folder = Folder::new("platform-sections");
    for (path, text) in
        [("a/ada/quest-03-queue.rs", "ada"), ("a/ben/quest-04-sleep.rs", ""), ("b/eve/x/quest-03-queue.rs", "eve")]
    {
        folder.file(&format!("sections/{path}"), text);
    }
    folder.file("sections/b/fay/quest-03-queue.rs", "fay");
    let expected = pairs(&[("ada", "ada"), ("ben", ""), ("eve", "eve"), ("fay", "fay")]);
    assert_eq!(queues(folder.path().join("sections")), expected);
    assert_eq!(queues(folder.path()), expected, "two folders too high");
}

#[test]
fn where_it_is_not_certain_who_is_meant_nobody_is_graded_and_the_message_says_what_to_type() {
    let folder = Folder::new("platform-undecided");
    folder.file("class/ada/quest-03-queue.rs", "ada");
    folder.file("class/group/ben/quest-03-queue.rs", "ben");
    folder.file("class/group/eve/quest-04-sleep.rs", "eve");
    let submissions = read(&found(folder.path().join("class")));
    assert_eq!(submissions.len(), 2);
    assert_eq!(submissions[1].hand_in.intake, Intake::Undecided);
    let why = submissions[1].hand_in.problem.clone().unwrap();
    assert!(why.contains("`ben`, `eve`") && why.contains("cargo xtask grade "), "{why}");
    // Weeks are one learner's, so they are no learners either.
    let weeks = Folder::new("platform-weeks");
    for path in ["ada/week-1/quest-03-queue.rs", "ada/week-2/quest-04-sleep.rs", "ben/week-1/quest-03-queue.rs"] {
        weeks.file(path, "");
    }
    let submissions = read(&found(weeks.path()));
    assert_eq!(submissions.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ada", "ben"]);
    assert_eq!(submissions[0].hand_in.intake, Intake::Undecided);
}

#[test]
fn a_file_that_cannot_be_read_is_somebodys_and_not_nobodys() {
    let folder = Folder::new("platform-files");
    folder.file("ada.rar", "");
    folder.file("ben.pdf", "");
    folder.file("eve.rs", "");
    folder.file("grades.csv", "");
    let found = found(folder.path());
    assert_eq!(found.sources.iter().map(|source| source.id.as_str()).collect::<Vec<_>>(), ["ada", "ben", "eve"]);
    for submission in &read(&found)[..2] {
        assert_eq!(submission.hand_in.intake, Intake::Unreadable);
    }
    assert_eq!(found.ignored.len(), 1);
}

#[test]
fn an_archive_that_leads_out_of_its_folder_is_not_unpacked() {
    let folder = Folder::new("platform-outside");
    let path = folder.file("x.zip", zip(&[("Ada_1_assignsubmission_file_/a.rs", b""), ("../outside", b"")]));
    let error = find(&[path], None).unwrap_err().to_string();
    assert!(error.contains("lies outside of it"), "{error}");
}

#[test]
fn a_large_archive_is_read_whichever_way_it_comes_in() {
    let folder = Folder::new("platform-large");
    let archive = with_large_target();
    let loose = "Ada_1_assignsubmission_file_hw.zip";
    let files: [(&str, &[u8]); 2] = [(loose, &archive), ("Ben_2_assignsubmission_file_/hw.zip", &archive)];
    let download = folder.file("class.zip", zip(&files));
    for (name, content) in files {
        folder.file(&format!("moodle/{name}"), content);
    }
    folder.file("class/ada.zip", &archive);
    folder.file("class/ben/hw.zip", &archive);
    for path in [download, folder.path().join("moodle"), folder.path().join("class")] {
        let read: Vec<String> = queues(path).into_iter().map(|(_, text)| text).collect();
        assert_eq!(read, ["mine", "mine"]);
    }
}

#[test]
fn of_a_large_file_in_a_download_no_more_is_unpacked_than_shows_that_it_is_too_large() {
    let folder = Folder::new("platform-cut");
    let large = vec![b' '; 3 << 20];
    let files: [(&str, &[u8]); 2] =
        [("Ada_1_assignsubmission_file_/learner.rs", &large), ("Ben_2_assignsubmission_file_/video.mp4", &large)];
    let found = found(folder.file("class.zip", zip(&files)));
    let submissions = read(&found);
    assert_eq!(submissions[0].hand_in.problem.as_deref(), Some("`learner.rs` is larger than 1 MiB"));
    assert!(submissions[1].hand_in.problem.as_ref().unwrap().contains("video.mp4"));
    for (source, name) in found.sources.iter().zip(["learner.rs", "video.mp4"]) {
        let SubmissionPath::Folder(path) = &source.place else { panic!("{source:?}") };
        assert_eq!(std::fs::metadata(path.join(name)).unwrap().len(), (1 << 20) + 1);
    }
}

#[test]
fn no_message_for_a_learner_names_a_folder_around_the_class() {
    let folder = Folder::new("platform-paths");
    let several: [(&str, &[u8]); 5] = [
        ("solo/quest-03-queue.rs", b"solo"),
        ("Ada_1_assignsubmission_file_/quest-03-queue.rs", b"ada"),
        ("Ada_1_assignsubmission_file/quest-03-queue.rs", b"ada"),
        ("group/ben/quest-03-queue.rs", b"ben"),
        ("group/eve/quest-04-sleep.rs", b"eve"),
    ];
    let download = folder.file("class.zip", zip(&several));
    for (name, content) in several {
        folder.file(&format!("class/{name}"), content);
    }
    folder.file("class/cut.zip", b"PK\x03\x04");
    folder.file("class/dora.rar", b"Rar!\x1a\x07\0");
    folder.file("class/carl/quest-03-queue.rs", "carl");
    folder.file("class/carl.zip", b"");
    for path in [folder.path().join("class"), download] {
        let submissions = read(&found(path.clone()));
        let messages: Vec<String> = submissions
            .iter()
            .flat_map(|submission| submission.hand_in.problem.iter().chain(&submission.hand_in.remarks))
            .cloned()
            .collect();
        assert!(messages.len() >= 2, "{messages:?}");
        let around = std::env::temp_dir().display().to_string();
        assert!(messages.iter().all(|text| !text.contains(&around)), "{messages:?}");
        let both = "`Ada_1_assignsubmission_file` and `Ada_1_assignsubmission_file_`";
        assert!(messages.iter().any(|text| text.contains(both)), "{messages:?}");
        assert!(messages.iter().any(|text| text.contains("`cargo xtask grade …/group`")), "{messages:?}");
    }
}

#[test]
fn a_clone_without_the_course_hides_nobody() {
    for (name, content) in [("learner.rs", "eve"), ("hw.rar", "Rar!\x1a\x07\0")] {
        let folder = Folder::new("clone-without-course");
        for user in ["ada", "ben"] {
            folder.file(&format!("hw/loops-submissions/loops-{user}/quest-03-queue/src/learner.rs"), user);
        }
        folder.file(&format!("hw/loops-submissions/loops-eve/{name}"), content);
        let found = found(folder.path().join("hw"));
        let ids: Vec<&str> = found.sources.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(ids, ["loops-ada", "loops-ben", "loops-eve"], "{name}");
        assert_eq!(found.sources[2].learner["github_username"], "eve");
    }
}

#[test]
fn the_time_of_unpacking_makes_no_file_the_newest() {
    let folder = Folder::new("times");
    let names = ["Ada_1_assignsubmission_file_/a.rs", "Ada_1_assignsubmission_file_/b.rs"];
    folder.file("class.zip", zip(&names.map(|name| (name, name.as_bytes()))));
    download::unpack(&folder.path().join("class.zip"), &folder.path().join("out")).unwrap();
    let modified = |name: &str| fs::metadata(folder.path().join("out").join(name)).unwrap().modified().unwrap();
    assert_eq!(modified(names[0]), modified(names[1]));
    let hour = Duration::from_secs(3600);
    assert!(modified(names[0]) + hour < SystemTime::now(), "a zip without times says 1980");
}

#[cfg(unix)]
#[test]
fn a_link_or_an_odd_name_in_a_download_costs_only_its_own_learner() {
    use std::io::Cursor;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let link = "Ada_1_assignsubmission_file_/quest-03-queue/src/learner.rs";
    writer.add_symlink(link, "/etc/hostname", options).unwrap();
    for name in ["Ben_2_assignsubmission_file_/quest-03-queue.rs", "Ben_2_assignsubmission_file_/notes: day\\1.md"] {
        writer.start_file(name, options).unwrap();
    }
    let folder = Folder::new("platform-links");
    let read = read(&found(folder.file("class.zip", writer.finish().unwrap().into_inner())));
    let intakes: Vec<Intake> = read.iter().map(|submission| submission.hand_in.intake).collect();
    assert_eq!(intakes, [Intake::Unreadable, Intake::Accepted]);
    assert!(read[0].hand_in.problem.as_ref().unwrap().contains("is a link"));
}
