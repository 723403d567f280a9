use super::super::archive::tests::zip;
use super::super::tests::{Folder, course, packages};
use super::super::{FoundSubmission, HandIn, SubmissionPath};
use crate::model::Intake;
use pretty_assertions::assert_eq;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

fn stub(number: usize) -> Vec<u8> {
    fs::read(course().quests[number - 1].stub()).unwrap()
}

/// What a folder is read as.
fn hand_in(folder: &Folder) -> HandIn {
    let place = SubmissionPath::Folder(folder.path());
    FoundSubmission { id: "anna".into(), ..FoundSubmission::new(place) }.read(&packages()).hand_in
}

fn of_files(files: &[(&str, &[u8])]) -> HandIn {
    let folder = Folder::new(&format!("choice-{:?}", std::thread::current().id()));
    for (path, content) in files {
        folder.file(path, content);
        set_time(&folder, path, 0);
    }
    hand_in(&folder)
}

fn set_time(folder: &Folder, path: &str, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds);
    File::options().write(true).open(folder.path().join(path)).unwrap().set_modified(time).unwrap();
}

fn numbers(hand_in: &HandIn) -> Vec<u32> {
    hand_in.files.keys().copied().collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_name_is_not_unicode_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new("not-unicode");
    let inner = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff"));
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("learner.rs"), stub(3)).unwrap();
    assert_eq!(numbers(&hand_in(&folder)), [3]);
}

#[test]
fn of_several_files_the_newest_counts_and_that_is_said() {
    let (old, new) = (stub(3), [&stub(3)[..], b"// new"].concat());
    let folder = Folder::new("newest");
    for (path, content, time) in [("b.rs", &new, 9), ("a.rs", &old, 5), ("c.rs", &old, 1)] {
        folder.file(path, content);
        set_time(&folder, path, time);
    }
    let found = hand_in(&folder);
    assert_eq!(found.files[&3], new);
    assert_eq!(found.remarks, ["Of several files for quest 3, `b.rs` counts, and not `a.rs`, `c.rs`"]);
    // The course's place counts whatever the time is.
    folder.file("quest-03-queue/src/learner.rs", "mine");
    set_time(&folder, "quest-03-queue/src/learner.rs", 0);
    assert_eq!(hand_in(&folder).files[&3], b"mine");
}

#[test]
fn without_a_time_the_number_of_the_copy_decides_and_otherwise_nothing() {
    let [one, other] = ["// one", "// other"].map(|end| [&stub(3)[..], end.as_bytes()].concat());
    for second in ["learner (1).rs", "learner-1.rs"] {
        assert_eq!(of_files(&[("learner.rs", &one), (second, &other)]).files[&3], other);
    }
    let undecided = of_files(&[("a.rs", &one), ("b.rs", &other)]);
    assert_eq!(undecided.intake, Intake::Undecided);
    assert!(undecided.problem.unwrap().starts_with("`a.rs` and `b.rs` are both for quest 3"));
    let same = of_files(&[("a.rs", &one), ("b.rs", &one)]);
    assert_eq!((numbers(&same), same.remarks), (vec![3], vec![]));
}

#[test]
fn the_unchanged_stub_counts_only_where_there_is_no_work() {
    let folder = Folder::new("stub-and-work");
    let work = [&stub(3)[..], b"// work"].concat();
    let crlf = String::from_utf8(stub(3)).unwrap().replace('\n', "\r\n");
    for (path, content, time) in [("a.rs", &work[..], 1), ("quest-03-queue/src/learner.rs", crlf.as_bytes(), 9)] {
        folder.file(path, content);
        set_time(&folder, path, time);
    }
    let found = hand_in(&folder);
    assert_eq!(found.files[&3], work);
    assert_eq!(found.remarks, ["Of several files for quest 3, `a.rs` counts, and not `quest-03-queue/src/learner.rs`"]);
    assert_eq!(of_files(&[("learner.rs", &stub(3))]).files[&3], stub(3));
}

#[test]
fn what_a_learner_wrote_into_a_file_of_the_courses_is_found_or_named() {
    let (stub, four) = (stub(3), stub(4));
    let work = [&stub[..], b"// work"].concat();
    let solution = fs::read(course().root.join("solutions/src/quest_03_queue.rs")).unwrap();
    let changed = [&solution[..], b"// of another version"].concat();
    let place = "quest-03-queue/src/learner.rs";
    for path in [
        "quest-03-queue/src/lib.rs",
        "x/quest-03-queue/src/main.rs",
        "quest-03-queue/stub.rs",
        "quest-03-queue/tests/queue.rs",
        "solutions/src/quest_03_queue.rs",
        "timeline/src/queue.rs",
    ] {
        let alone = of_files(&[(path, &work)]);
        assert_eq!(alone.files.get(&3), Some(&work), "{path}: {alone:?}");
        assert!(alone.remarks[0].starts_with(&format!("`{path}` contains quest 3")), "{path}: {alone:?}");
        let beside_work = of_files(&[(path, &work), (place, b"mine")]);
        assert_eq!(beside_work.files[&3], b"mine", "{path}");
        assert!(beside_work.remarks[0].ends_with(&format!("files of its own there: `{path}`")), "{beside_work:?}");
        // Nobody earns points by the solution of another version of the course.
        let beside_stub = of_files(&[(path, &changed), (place, &stub)]);
        let counts = if path.contains("quest-03-queue") { &changed } else { &stub };
        assert_eq!(&beside_stub.files[&3], counts, "{path}");
        assert!(beside_stub.remarks.join(" ").contains(path), "{beside_stub:?}");
        // What the course has is nobody's.
        let nobodys = of_files(&[(path, &solution), (place, &stub)]);
        assert_eq!((&nobodys.files[&3], nobodys.remarks), (&stub, vec![]), "{path}");
    }
    let two = [&stub[..], &four].concat();
    assert_eq!(of_files(&[("quest-03-queue/src/lib.rs", &two)]).intake, Intake::Undecided);
    let beside = of_files(&[("solutions/src/all.rs", &two), (place, b"mine")]);
    assert!(beside.remarks.join(" ").contains("`solutions/src/all.rs`"), "{beside:?}");
}

#[test]
fn a_checkout_of_this_course_is_the_learners_files_and_no_remark() {
    fn add(folder: &Folder, root: &std::path::Path, path: &str) {
        for entry in fs::read_dir(root.join(path)).unwrap() {
            let entry = entry.unwrap();
            let inner = format!("{path}/{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                add(folder, root, &inner);
            } else {
                folder.file(&inner, fs::read(entry.path()).unwrap());
            }
        }
    }
    let folder = Folder::new("checkout-of-all");
    let root = course().root;
    for entry in fs::read_dir(&root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("quest-") || ["solutions", "timeline", "xtask"].contains(&name.as_str()) {
            add(&folder, &root, &name);
        }
    }
    let found = hand_in(&folder);
    assert_eq!((numbers(&found), found.remarks), ((1..=10).collect(), vec![]));
    assert_eq!(found.files[&3], stub(3));
}

#[test]
fn quests_that_may_be_in_what_was_not_read_are_unknown() {
    let work = |number| [&stub(number)[..], b"// work\n"].concat();
    let three = work(3);
    let utf_16: Vec<u8> = String::from_utf8(stub(4)).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_16 = [&b"\xff\xfe"[..], &utf_16].concat();
    let deep = zip(&[("b.zip", &zip(&[("c.zip", &zip(&[("learner.rs", &stub(4))]))]))]);
    let bomb = zip(&[("b.zip", &zip(&[("learner.rs", &vec![b' '; 2 << 20])]))]);
    let cases: [(&str, &[u8], &str); 7] = [
        ("hw.rar", b"Rar!\x1a\x07\0", "`hw.rar` was not read: RAR"),
        ("cut.zip", b"PK\x03\x04", "`cut.zip` was not read: the archive is corrupt"),
        ("deep.zip", &deep, "an archive in an archive"),
        ("bomb.zip", &bomb, "larger than 1 MiB"),
        ("learner (4).rs.txt", &three, "does not end in `.rs`"),
        ("utf16.rs", &utf_16, "`utf16.rs` is UTF-16: save it as UTF-8"),
        ("repo.bundle", b"# v2 git bundle\n", "a git bundle"),
    ];
    for (name, content, why) in cases {
        let found = of_files(&[("learner.rs", &three), (name, content), ("own.rs", b"fn own() {}")]);
        assert_eq!((found.intake, numbers(&found)), (Intake::Accepted, vec![3]), "{name}");
        assert!(found.unread.is_some_and(|unread| unread.contains(why)), "{name}");
        let remarks = found.remarks.join("\n");
        assert!(remarks.contains(why) && remarks.contains("have no score"), "{remarks}");
        assert!(remarks.contains("`own.rs` is not the file"), "{remarks}");
    }
    // Where every quest is found, and where everything is read, nothing is unknown.
    let mut all: Vec<(String, Vec<u8>)> = (1..=10).map(|number| (format!("{number}.rs"), work(number))).collect();
    all.push(("hw.rar".to_owned(), Vec::new()));
    let all: Vec<(&str, &[u8])> = all.iter().map(|(name, content)| (name.as_str(), &content[..])).collect();
    assert_eq!(of_files(&all).unread, None);
    assert_eq!(of_files(&[("learner.rs", &three), ("notes.txt", b"")]).unread, None);
}

#[test]
fn the_time_of_a_checkout_makes_no_file_the_newest() {
    let other = [&stub(3)[..], b"// another"].concat();
    let work = [&stub(3)[..], b"// work"].concat();
    for (folder_of_git, expected) in [("hw/", Intake::Undecided), ("other/", Intake::Accepted)] {
        let folder = Folder::new("checkout-times");
        folder.file(&format!("{folder_of_git}.git/HEAD"), "ref: refs/heads/main");
        for (path, content, seconds) in [("hw/a.rs", &work, 0), ("hw/b.rs", &other, 100)] {
            folder.file(path, content);
            set_time(&folder, path, seconds);
        }
        assert_eq!(hand_in(&folder).intake, expected, "{folder_of_git}");
    }
}

#[test]
fn an_unchanged_stub_is_no_work_where_work_may_be_elsewhere() {
    let quests = course().quests;
    let path = |number: usize| format!("{}/src/learner.rs", quests[number - 1].package);
    let stubs: Vec<(String, Vec<u8>)> = (1..=10).map(|number| (path(number), stub(number))).collect();
    let with = |name: &str, content: &[u8]| {
        let mut files: Vec<(&str, &[u8])> = stubs.iter().map(|(name, content)| (name.as_str(), &content[..])).collect();
        files.push((name, content));
        of_files(&files)
    };
    let several = [stub(3), stub(4), b"// work".to_vec()].concat();
    assert_eq!(with("mine.rs", &several).intake, Intake::Undecided);
    let rar = with("solution.rar", b"Rar!\x1a\x07\0");
    assert_eq!((rar.intake, numbers(&rar)), (Intake::NotRecognized, vec![]));
    assert!(rar.problem.is_some_and(|why| why.contains("solution.rar")));
    let renamed = with("quest-03-queue/src/learner.rs.txt", &[&stub(3)[..], b"// work"].concat());
    assert_eq!(renamed.intake, Intake::NotRecognized);
    let utf_16 = with("quest-05-gather/src/lib.rs", b"\xff\xfep\0u\0b\0");
    assert!(utf_16.problem.is_some_and(|why| why.contains("UTF-16")));
    // Nothing was done, and all of it was read.
    assert_eq!(numbers(&with("notes.txt", b"")), (1..=10).collect::<Vec<u32>>());
}

#[test]
fn skipped_names_are_said_where_they_may_matter() {
    let (three, four) = (stub(3), stub(4));
    let archive = zip(&[("target/quest_04_sleep.rs", &four), ("learner.rs", &three)]);
    for (path, content) in [
        ("target/quest-04-sleep/src/learner.rs", &four),
        (".learner.rs", &four),
        (".history/learner (1).rs", &four),
        ("hw.zip", &archive),
    ] {
        let found =
            of_files(&[("a.rs", &three), (path, content), ("target/debug/x.o", b""), (".git/learner.rs", &four)]);
        assert_eq!((numbers(&found), found.remarks.len()), (vec![3], 1), "{path}: {found:?}");
        let remark = &found.remarks[0];
        assert!(remark.starts_with("Not looked at") && remark.contains(path), "{path}: {remark}");
    }
    assert_eq!(of_files(&[("a.rs", &three), ("target/debug/x.o", b""), (".git/x.rs", &four)]).remarks, [""; 0]);
    let nothing =
        of_files(&[("notes.txt", b""), ("target/a/b.rs", &three), ("target/c.o", b""), (".x/learner.rs", &four)]);
    let problem = nothing.problem.unwrap();
    assert!(
        problem.contains("in: notes.txt. Not looked at") && problem.contains(": `.x`, `.x/learner.rs`, `target`."),
        "{problem}"
    );
}

#[test]
fn of_many_files_a_few_are_named() {
    let found = of_files(&[("a.txt", b""), ("hw.rar", b""), ("c.md", b""), ("d", b""), ("e", b"")]);
    assert_eq!(found.intake, Intake::NotRecognized);
    let problem = found.problem.unwrap();
    assert!(
        problem.starts_with("No quest was recognized in: a.txt, c.md, d and 2 more. `hw.rar` was not read"),
        "{problem}"
    );
}

#[test]
fn only_what_is_really_empty_is_missing() {
    assert_eq!(of_files(&[]).intake, Intake::Missing);
    assert_eq!(of_files(&[(".DS_Store", b"")]).intake, Intake::Missing);
}

#[test]
fn the_folder_of_a_quest_is_that_quest_when_handed_in_alone() {
    let hand_in = of_files(&[("src/learner.rs", &[&stub(3)[..], b"// done"].concat()), ("stub.rs", &stub(3))]);
    assert_eq!(numbers(&hand_in), [3], "{:?}", hand_in.problem);
}
