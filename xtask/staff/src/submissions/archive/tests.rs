use super::super::layout::Files;
use super::super::tests::{Folder, files_of};
use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Cursor, Write as _};
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipWriter};

/// A zip archive of these files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_by(files, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
}

fn zip_by(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_by(files, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// A tar archive of one entry of each of these kinds, names and contents. Names are written as they are.
fn tar(entries: &[(EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (kind, name, content) in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.as_gnu_mut().unwrap().realsize.copy_from_slice(b"00000000000\0");
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub fn tar_gz(entries: &[(EntryType, &str, &[u8])]) -> Vec<u8> {
    gzip(&tar(entries))
}

const ZIP: &str = "archive.zip";
const TAR_GZ: &str = "archive.tar.gz";

/// What a file with this name and content contains.
fn read_as(name: &str, content: &[u8]) -> Result<Files, String> {
    // Tests run in parallel.
    let folder = Folder::new(&format!("archive-{:?}", std::thread::current().id()));
    files_of(read(&folder.file(name, content)))
}

fn refused(name: &str, content: &[u8]) -> String {
    read_as(name, content).unwrap_err()
}

/// Overwrites `old` everywhere.
fn patched(mut content: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..content.len() - old.len()).filter(|at| content[*at..].starts_with(old)).collect();
    assert!(!places.is_empty());
    for at in places {
        content[at..at + new.len()].copy_from_slice(new);
    }
    content
}

/// Overwrites a field in every header of a zip archive: its offset in those before the files, and in those at the end.
fn with_field(mut content: Vec<u8>, before_file: usize, at_end: usize, value: &[u8]) -> Vec<u8> {
    for (header, offset) in [(b"PK\x03\x04", before_file), (b"PK\x01\x02", at_end)] {
        let places: Vec<usize> = (0..content.len() - 4).filter(|at| content[*at..].starts_with(header)).collect();
        for at in places {
            content[at + offset..at + offset + value.len()].copy_from_slice(value);
        }
    }
    content
}

const LEARNER: &str = "quest-03-queue/src/learner.rs";

fn queue(content: &[u8]) -> Files {
    Files::from([(3, content.to_vec())])
}

#[test]
fn the_content_says_the_format_and_the_name_only_where_the_content_says_nothing() {
    let tar = tar(&[(EntryType::Regular, LEARNER, b"mine")]);
    // From before there was a mark in the header.
    let mut unmarked = tar.clone();
    unmarked[257..265].fill(0);
    unmarked[148..156].fill(b' ');
    let sum: u32 = unmarked[..512].iter().map(|byte| u32::from(*byte)).sum();
    unmarked[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let zip = zip(&[(LEARNER, b"mine")]);
    for (name, content) in [
        ("hw.tar", &tar),
        ("hw.zip", &tar),
        ("hw", &tar),
        ("hw.tar", &unmarked),
        ("hw.tar", &zip),
        ("hw.rar", &zip),
        ("hw.7z", &gzip(&tar)),
        ("hw.tar", &gzip(&tar)),
    ] {
        assert_eq!(read_as(name, content), Ok(queue(b"mine")), "{name}");
    }
    for (name, content, why) in [
        ("hw.tar", &b"Rar!\x1a\x07\0"[..], "RAR cannot be read here"),
        ("hw.zip", b"7z\xbc\xaf\x27\x1c", "7z cannot be read here"),
        ("hw.rar", b"", "RAR cannot be read here"),
        ("hw.tar", b"nothing known", "the archive is corrupt"),
    ] {
        let problem = refused(name, content);
        assert!(problem.contains(why), "{name}: {problem}");
    }
}

#[test]
fn the_quests_are_read_from_an_archive_as_learners_make_them() {
    let wrapped = format!("event-loops-main/{LEARNER}");
    let files: [(&str, &[u8]); 4] = [
        ("event-loops-main/README.md", b"hello"),
        (&wrapped, b"mine"),
        ("__MACOSX/event-loops-main/quest-03-queue/src/._learner.rs", b"a system's"),
        ("event-loops-main/old/quest-03-queue/src/learner.rs", b"older"),
    ];
    assert_eq!(read_as(ZIP, &zip(&files)), Ok(queue(b"mine")));
    assert_eq!(read_as(ZIP, &stored(&files)), Ok(queue(b"mine")));
    let mut entries = vec![
        (EntryType::XGlobalHeader, "pax_global_header", &b"19 comment=abcdefg\n"[..]),
        (EntryType::Directory, "event-loops-main/", b""),
    ];
    entries.extend(files.map(|(name, content)| (EntryType::Regular, name, content)));
    assert_eq!(read_as(TAR_GZ, &tar_gz(&entries)), Ok(queue(b"mine")));
}

#[test]
fn an_archive_from_windows_may_have_backslashes_and_none_that_lead_out() {
    let zip =
        |name: &str| patched(stored(&[(&"x".repeat(name.len()), b"mine")]), &vec![b'x'; name.len()], name.as_bytes());
    assert_eq!(read_as(ZIP, &zip("quest-03-queue\\src\\learner.rs")), Ok(queue(b"mine")));
    assert!(refused(ZIP, &zip("..\\learner.rs")).contains("points outside the archive"));
    assert!(refused(ZIP, &zip("C:\\learner.rs")).contains("contains a drive letter"));
}

#[test]
fn archives_without_quests_hold_none() {
    assert_eq!(read_as(ZIP, &zip(&[])), Ok(Files::new()));
    let problem = refused(ZIP, &zip(&[("readme", b"")]));
    assert!(problem.starts_with("No quest was recognized in: readme."), "{problem}");
    assert_eq!(read_as(TAR_GZ, &tar_gz(&[])), Ok(Files::new()));
}

#[test]
fn a_folder_is_no_quest_whatever_its_name() {
    let name = "quest-03-queue.rs/";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory(name, SimpleFileOptions::default()).unwrap();
    assert_eq!(read_as(ZIP, &writer.finish().unwrap().into_inner()), Ok(Files::new()));
    for kind in [EntryType::Directory, EntryType::Regular] {
        assert_eq!(read_as(TAR_GZ, &tar_gz(&[(kind, name, b"")])), Ok(Files::new()));
    }
}

#[test]
fn names_that_lead_elsewhere_are_rejected() {
    for (name, why) in [
        ("../../x", "points outside the archive"),
        ("/etc/x", "is an absolute path"),
        ("C:/x", "contains a drive letter"),
    ] {
        let zip = patched(stored(&[(&"x".repeat(name.len()), b"")]), &vec![b'x'; name.len()], name.as_bytes());
        assert_eq!(refused(ZIP, &zip), format!("the archive contains `{name}`, which {why}"));
        let tar = tar_gz(&[(EntryType::Regular, name, b"")]);
        assert_eq!(refused(TAR_GZ, &tar), format!("the archive contains `{name}`, which {why}"));
    }
}

#[test]
fn links_and_devices_are_rejected() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink(LEARNER, "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(
        refused(ZIP, &zip),
        format!("the archive contains `{LEARNER}`, which is a link; hand in the file itself")
    );
    let of_unix = SimpleFileOptions::default().system(System::Unix);
    let pipe = zip_by(&[("x", b"")], of_unix.external_attributes(0o010_644 << 16));
    assert_eq!(refused(ZIP, &pipe), "the archive contains `x`, which is not a regular file");
    for (kind, why) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Fifo, "is not a regular file"),
        (EntryType::Char, "is not a regular file"),
        (EntryType::GNUSparse, "is not a regular file"),
    ] {
        let problem = refused(TAR_GZ, &tar_gz(&[(kind, "x", b"")]));
        assert!(problem.contains(why), "{kind:?}: {problem}");
    }
}

#[test]
fn long_names_in_tar_archives_are_read_and_endless_ones_are_not() {
    let long = format!("{}/quest-03-queue/src/learner.rs", "a".repeat(150));
    let named = tar_gz(&[
        (EntryType::GNULongName, "././@LongLink", format!("{long}\0").as_bytes()),
        (EntryType::Regular, "cut", b"mine"),
    ]);
    assert_eq!(read_as(TAR_GZ, &named), Ok(queue(b"mine")));
    let record = format!(" path={long}\n");
    let record = format!("{}{record}", record.len() + 3);
    let named = tar_gz(&[(EntryType::XHeader, "pax", record.as_bytes()), (EntryType::Regular, "cut", b"mine")]);
    assert_eq!(read_as(TAR_GZ, &named), Ok(queue(b"mine")));
    let endless = tar_gz(&[(EntryType::GNULongName, "././@LongLink", &vec![b'a'; 2 << 20])]);
    assert!(refused(TAR_GZ, &endless).contains("a name that is longer than 1 MiB"));
}

#[test]
fn two_entries_with_the_same_name_are_rejected() {
    let zip = patched(stored(&[("a.rs", b"one"), ("b.rs", b"two")]), b"b.rs", b"a.rs");
    assert_eq!(refused(ZIP, &zip), "the archive contains two entries of one name");
    let zip = stored(&[("a/b.rs", b"one"), ("a//b.rs", b"two")]);
    assert_eq!(refused(ZIP, &zip), "the archive contains `a/b.rs` twice");
    let tar = tar_gz(&[(EntryType::Regular, "a.rs", b"one"), (EntryType::Regular, "./a.rs", b"two")]);
    assert_eq!(refused(TAR_GZ, &tar), "the archive contains `a.rs` twice");
}

/// An archive of a quest and a large build folder, which is stored as it is.
pub fn with_large_target() -> Vec<u8> {
    stored(&[("target/program", &vec![7; 65 << 20]), (LEARNER, b"mine")])
}

#[test]
fn encrypted_entries_and_unknown_compression_are_rejected() {
    let zip = || zip(&[(LEARNER, b"mine")]);
    assert!(refused(ZIP, &with_field(zip(), 6, 8, &[1, 0])).contains("which is encrypted"));
    assert!(refused(ZIP, &with_field(zip(), 8, 10, &[12, 0])).contains("uses an unsupported compression method"));
}

#[test]
fn corrupt_archives_are_reported() {
    let zip = zip(&[(LEARNER, b"mine")]);
    let stored = patched(stored(&[(LEARNER, b"mine")]), b"mine", b"ours");
    for content in [&b""[..], b"no archive", &zip[..zip.len() / 2]] {
        assert!(refused(ZIP, content).starts_with("the archive is corrupt"));
    }
    assert!(refused(ZIP, &stored).starts_with(&format!("`{LEARNER}` cannot be read")));
    let tar_gz = tar_gz(&[(EntryType::Regular, LEARNER, b"mine")]);
    let cut_inside = gzip(&tar(&[(EntryType::Regular, LEARNER, b"mine")])[..514]);
    for content in
        [&b""[..], b"no archive", &tar_gz[..tar_gz.len() / 2], &tar_gz[..tar_gz.len() - 1], &cut_inside, &gzip(&tar_gz)]
    {
        let problem = refused(TAR_GZ, content);
        assert!(problem.starts_with("the archive is corrupt"), "{problem}");
    }
}

#[test]
fn a_librarys_words_are_tamed_since_they_hold_names() {
    let mut header = Header::new_gnu();
    header.set_path("\u{1b}[2J").unwrap();
    header.as_old_mut().cksum = *b"nonsense";
    let problem = refused(TAR_GZ, &gzip(&[&header.as_bytes()[..], &[0; 1024]].concat()));
    assert!(problem.contains("[2J") && !problem.contains('\u{1b}'), "{problem:?}");
}

mod limits;
