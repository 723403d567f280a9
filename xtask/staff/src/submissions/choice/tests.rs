use super::super::archive::tests::{tar_gz, zip};
use super::super::tests::{Folder, course, packages};
use super::super::{FoundSubmission, HandIn, SubmissionPath};
use crate::model::Intake;
use pretty_assertions::assert_eq;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};
use tar::EntryType;

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

#[test]
fn a_quest_is_found_whatever_its_name_and_folder() {
    let (one, three, four) = (stub(1), stub(3), stub(4));
    let bom = [b"\xef\xbb\xbf", &*three].concat();
    let inner = zip(&[("learner.rs", &three)]);
    let nested = zip(&[("Anna/hw.zip", &inner)]);
    let tar = tar_gz(&[(EntryType::Regular, "x/learner.rs", &three)]);
    let tar_in_zip = zip(&[("hw.tar.gz", &tar)]);
    let with_target = zip(&[("target/big.bin", &vec![0; 70 << 20]), ("learner.rs", &three)]);
    let forms: [(&str, &[u8]); 20] = [
        ("learner.rs", &three),
        ("learner (1).rs", &three),
        ("learner-1.rs", &three),
        ("anna_LATE_123_456_learner.rs", &three),
        ("hw/Final Version.RS", &three),
        ("src/main.rs", &three),
        ("quest_04_sleep.rs", &three),
        ("quest-03-queue/learner (2).rs", &three),
        ("quest-03-queue/src/learner.rs", b"anything"),
        ("quest_03_queue.rs", b"anything"),
        ("bom.rs", &bom),
        ("hw.zip", &inner),
        ("hw.rar", &inner),
        ("hw", &inner),
        ("hw.zip", &tar),
        ("hw.tgz", &inner),
        ("download.zip", &nested),
        ("hw.zip", &tar_in_zip),
        ("hw.zip", &with_target),
        ("h\u{1b}w.rs", &three),
    ];
    for (name, content) in forms {
        let found = of_files(&[(name, content), (".git/x.rs", &one), ("node_modules/x.rs", &four)]);
        assert_eq!((found.intake, numbers(&found)), (Intake::Accepted, vec![3]), "{name}: {found:?}");
    }
    let loose: Vec<(String, Vec<u8>)> =
        (1..=10).map(|number| (format!("learner ({number}).rs"), stub(number))).collect();
    let loose: Vec<(&str, &[u8])> = loose.iter().map(|(name, content)| (name.as_str(), &content[..])).collect();
    assert_eq!(numbers(&of_files(&loose)), (1..=10).collect::<Vec<_>>());
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
    let three = stub(3);
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
    let mut all: Vec<(String, Vec<u8>)> = (1..=10).map(|number| (format!("{number}.rs"), stub(number))).collect();
    all.push(("hw.rar".to_owned(), Vec::new()));
    let all: Vec<(&str, &[u8])> = all.iter().map(|(name, content)| (name.as_str(), &content[..])).collect();
    assert_eq!(of_files(&all).unread, None);
    assert_eq!(of_files(&[("learner.rs", &three), ("notes.txt", b"")]).unread, None);
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
fn whatever_was_handed_in_and_is_no_quest_is_named() {
    let all: Vec<u8> = (1..=10).flat_map(stub).collect();
    let three = stub(3);
    let utf_16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(String::from_utf8(three.clone()).unwrap().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let one = zip(&[("learner.rs", &three)]);
    let deep = zip(&[("b.zip", &zip(&[("c.zip", &one)]))]);
    let (hidden, nothing) = (zip(&[(".git/x.rs", &three)]), zip(&[]));
    let cut = &one[..one.len() / 2];
    let tar = tar_gz(&[(EntryType::Regular, "x.rs", b"fn x() {}")]);
    let up = tar_gz(&[(EntryType::Regular, "../learner.rs", &three)]);
    let link = tar_gz(&[(EntryType::Symlink, "learner.rs", b"")]);
    let large = vec![b' '; 2 << 20];
    let bomb = zip(&[("bomb.zip", &zip(&[("a", &vec![0; 70 << 20])]))]);
    let cases: Vec<(&str, &[u8], &str)> = vec![
        ("hw.rar", b"Rar!\x1a\x07\0old", "RAR cannot be read here"),
        ("hw5.rar", b"Rar!\x1a\x07\x01\0new", "Ask for a zip"),
        ("is-rar.zip", b"Rar!\x1a\x07\x01\0", "RAR cannot be read here"),
        ("empty.rar", b"", "RAR cannot be read here"),
        ("hw.7z", b"7z\xbc\xaf\x27\x1c", "7z cannot be read here"),
        ("hw.tar.xz", b"\xfd7zXZ\0", "xz cannot be read here"),
        ("hw.tar.bz2", b"BZh91AY", "bzip2 cannot be read here"),
        ("hw.tar.zst", b"\x28\xb5\x2f\xfd", "zstd cannot be read here"),
        ("hw.cab", b"MSCF", "cab cannot be read here"),
        ("hw.zip", b"PK\x07\x08", "a split zip cannot be read here"),
        ("empty.zip", b"", "was not read"),
        ("cut.zip", cut, "the archive is corrupt"),
        ("cut.tgz", &tar[..tar.len() / 2], "the archive is corrupt"),
        ("no.tar", b"no", "the archive is corrupt"),
        ("nested.zip", &deep, "an archive in an archive in an archive"),
        ("bomb.zip", &bomb, "bomb.zip"),
        ("up.tgz", &up, "points outside the archive"),
        ("link.tgz", &link, "is a link"),
        ("x.tgz", &tar, "x.tgz/x.rs"),
        ("hw.gz", b"\x1f\x8bno", "the archive is corrupt"),
        ("repo.bundle", b"# v2 git bundle\n", "a git bundle"),
        ("learner.rs.txt", &three, "does not end in `.rs`"),
        ("learner.rs.docx", b"PK\x03\x04", "does not end in `.rs`"),
        ("hw.docx", b"PK\x03\x04", "hw.docx"),
        ("hw.pdf", b"%PDF-1.7", "hw.pdf"),
        ("hw.png", b"\x89PNG", "hw.png"),
        ("hw.ipynb", b"{}", "hw.ipynb"),
        ("online.html", b"<p>fn main() {}</p>", "online.html"),
        ("hw.patch", b"--- a\n+++ b\n", "hw.patch"),
        ("notes.txt", b"later", "notes.txt"),
        ("empty.txt", b"", "empty.txt"),
        ("Cargo.toml", b"[package]", "Cargo.toml"),
        ("comments.rs", b"// pub fn timer() {}", "comments.rs"),
        ("empty.rs", b"", "empty.rs"),
        ("other.rs", b"pub fn run() {}", "public items"),
        ("quest-99-other.rs", b"fn main() {}", "quest-99-other.rs"),
        ("quest-99-other/src/learner.rs", b"fn main() {}", "quest-99-other"),
        ("quest-3.rs", b"fn main() {}", "quest-3.rs"),
        ("quest-03-queue/README.md", b"", "README.md"),
        ("quest-03-queue/stub.rs", &three, "stub.rs"),
        ("solutions/src/quest_03_queue.rs", &three, "quest_03_queue.rs"),
        ("utf16.rs", &utf_16, "`utf16.rs` is UTF-16"),
        ("binary.rs", b"\x7fELF\0\xff", "binary.rs"),
        ("all.rs", &all, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ("large.rs", &large, "larger than 1 MiB"),
        ("a/b/c/d/e/f/g/learner.rs", &three, "is deeper"),
        ("HEAD", b"ref: refs/heads/main", "HEAD"),
        (".git/config", b"[core]", ".git"),
        ("target/learner.rs", &three, "target"),
        (".learner.rs", &three, ".learner.rs"),
        ("hidden.zip", &hidden, "hidden.zip"),
        ("nothing.zip", &nothing, "nothing.zip"),
        ("new\u{1b}[2Jline.txt", b"", "\\u{1b}[2J"),
        ("rtl\u{202e}sr.txt", b"", "\\u{202e}"),
    ];
    for (name, content, words) in cases {
        let found = of_files(&[(name, content)]);
        let problem = found.problem.unwrap_or_default();
        assert!(found.intake.needs_attention() && found.files.is_empty(), "{name}: {:?} {problem}", found.intake);
        assert!(problem.contains(words), "{name}: {problem}");
    }
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
