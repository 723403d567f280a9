use super::super::layout::Files;
use super::super::tests::{Folder, files_of};
use super::limits::*;
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

fn read_as(kind: ArchiveKind, content: &[u8]) -> Result<Files, String> {
    // Tests run in parallel.
    let folder = Folder::new(&format!("archive-{:?}", std::thread::current().id()));
    files_of(read(&folder.file("archive", content), kind))
}

fn refused(kind: ArchiveKind, content: &[u8]) -> String {
    read_as(kind, content).unwrap_err()
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
fn endings_say_the_kind_in_any_case() {
    assert_eq!(ArchiveKind::split("anna.v1.zip"), Some(("anna.v1", ArchiveKind::Zip)));
    assert_eq!(ArchiveKind::split("anna.Tar.GZ"), Some(("anna", ArchiveKind::TarGz)));
    assert_eq!(ArchiveKind::split("\u{e4}.tgz"), Some(("\u{e4}", ArchiveKind::TarGz)));
    for name in ["anna.rar", "anna.gz", "anna.tar", "anna", ".zip", "zip", "\u{1f600}"] {
        assert_eq!(ArchiveKind::split(name), None, "{name}");
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
    assert_eq!(read_as(ArchiveKind::Zip, &zip(&files)), Ok(queue(b"mine")));
    assert_eq!(read_as(ArchiveKind::Zip, &stored(&files)), Ok(queue(b"mine")));
    let mut entries = vec![
        (EntryType::XGlobalHeader, "pax_global_header", &b"19 comment=abcdefg\n"[..]),
        (EntryType::Directory, "event-loops-main/", b""),
    ];
    entries.extend(files.map(|(name, content)| (EntryType::Regular, name, content)));
    assert_eq!(read_as(ArchiveKind::TarGz, &tar_gz(&entries)), Ok(queue(b"mine")));
}

#[test]
fn an_archive_from_windows_may_have_backslashes_and_none_that_lead_out() {
    let zip =
        |name: &str| patched(stored(&[(&"x".repeat(name.len()), b"mine")]), &vec![b'x'; name.len()], name.as_bytes());
    assert_eq!(read_as(ArchiveKind::Zip, &zip("quest-03-queue\\src\\learner.rs")), Ok(queue(b"mine")));
    assert!(refused(ArchiveKind::Zip, &zip("..\\learner.rs")).contains("points outside the archive"));
    assert!(refused(ArchiveKind::Zip, &zip("C:\\learner.rs")).contains("contains a drive letter"));
}

#[test]
fn archives_without_quests_hold_none() {
    assert_eq!(read_as(ArchiveKind::Zip, &zip(&[])), Ok(Files::new()));
    let problem = refused(ArchiveKind::Zip, &zip(&[("readme", b"")]));
    assert!(problem.starts_with("No quest was recognized in: readme."), "{problem}");
    assert_eq!(read_as(ArchiveKind::TarGz, &tar_gz(&[])), Ok(Files::new()));
}

#[test]
fn a_folder_is_no_quest_whatever_its_name() {
    let name = "quest-03-queue.rs/";
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory(name, SimpleFileOptions::default()).unwrap();
    assert_eq!(read_as(ArchiveKind::Zip, &writer.finish().unwrap().into_inner()), Ok(Files::new()));
    for kind in [EntryType::Directory, EntryType::Regular] {
        assert_eq!(read_as(ArchiveKind::TarGz, &tar_gz(&[(kind, name, b"")])), Ok(Files::new()));
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
        assert_eq!(refused(ArchiveKind::Zip, &zip), format!("the archive contains `{name}`, which {why}"));
        let tar = tar_gz(&[(EntryType::Regular, name, b"")]);
        assert_eq!(refused(ArchiveKind::TarGz, &tar), format!("the archive contains `{name}`, which {why}"));
    }
}

#[test]
fn links_and_devices_are_rejected() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink(LEARNER, "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(
        refused(ArchiveKind::Zip, &zip),
        format!("the archive contains `{LEARNER}`, which is a link; hand in the file itself")
    );
    let of_unix = SimpleFileOptions::default().system(System::Unix);
    let pipe = zip_by(&[("x", b"")], of_unix.external_attributes(0o010_644 << 16));
    assert_eq!(refused(ArchiveKind::Zip, &pipe), "the archive contains `x`, which is not a regular file");
    for (kind, why) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Fifo, "is not a regular file"),
        (EntryType::Char, "is not a regular file"),
        (EntryType::GNUSparse, "is not a regular file"),
    ] {
        let problem = refused(ArchiveKind::TarGz, &tar_gz(&[(kind, "x", b"")]));
        assert!(problem.contains(why), "{kind:?}: {problem}");
    }
}

#[test]
fn an_archive_with_too_many_entries_is_rejected() {
    let names: Vec<String> = (0..3_000).map(|number| format!("{number}")).collect();
    let files = |count: usize| names[..count].iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>();
    let entries = |count: usize| {
        names[..count].iter().map(|name| (EntryType::Regular, name.as_str(), &b""[..])).collect::<Vec<_>>()
    };
    assert_eq!(refused(ArchiveKind::Zip, &stored(&files(3_000))), too_many());
    assert_eq!(refused(ArchiveKind::TarGz, &tar_gz(&entries(2_001))), too_many());
    let enough = "No quest was recognized in: 0, 1, 10 and 1997 more";
    assert!(refused(ArchiveKind::Zip, &stored(&files(2_000))).starts_with(enough));
    assert!(refused(ArchiveKind::TarGz, &tar_gz(&entries(2_000))).starts_with(enough));
}

#[test]
fn an_archive_is_rejected_before_a_false_entry_count_is_trusted() {
    // The library would read all headers into memory, whatever number the archive states.
    let end = stored(&[]);
    let headers = b"PK\x01\x02".repeat(MOST_HEADERS + 1);
    assert_eq!(refused(ArchiveKind::Zip, &[b"PK\x03\x04", &headers[..], &end].concat()), too_many());
}

#[test]
fn long_names_in_tar_archives_are_read_and_endless_ones_are_not() {
    let long = format!("{}/quest-03-queue/src/learner.rs", "a".repeat(150));
    let named = tar_gz(&[
        (EntryType::GNULongName, "././@LongLink", format!("{long}\0").as_bytes()),
        (EntryType::Regular, "cut", b"mine"),
    ]);
    assert_eq!(read_as(ArchiveKind::TarGz, &named), Ok(queue(b"mine")));
    let record = format!(" path={long}\n");
    let record = format!("{}{record}", record.len() + 3);
    let named = tar_gz(&[(EntryType::XHeader, "pax", record.as_bytes()), (EntryType::Regular, "cut", b"mine")]);
    assert_eq!(read_as(ArchiveKind::TarGz, &named), Ok(queue(b"mine")));
    let endless = tar_gz(&[(EntryType::GNULongName, "././@LongLink", &vec![b'a'; 2 << 20])]);
    assert!(refused(ArchiveKind::TarGz, &endless).contains("a name that is longer than 1 MiB"));
}

#[test]
fn what_is_skipped_costs_neither_entries_nor_bytes() {
    let names: Vec<String> = (0..3_000).map(|number| format!("target/{number}")).collect();
    let large = vec![0; 65 << 20];
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    files.extend([(".git/large.rs", &large[..]), (LEARNER, b"mine")]);
    assert_eq!(read_as(ArchiveKind::Zip, &zip(&files)), Ok(queue(b"mine")));
    let entries: Vec<_> = files.iter().map(|(name, content)| (EntryType::Regular, *name, *content)).collect();
    assert_eq!(read_as(ArchiveKind::TarGz, &tar_gz(&entries)), Ok(queue(b"mine")));
    // A link there is nobody's business either.
    let linked = tar_gz(&[(EntryType::Symlink, "target", b""), (EntryType::Regular, LEARNER, b"mine")]);
    assert_eq!(read_as(ArchiveKind::TarGz, &linked), Ok(queue(b"mine")));
}

#[test]
fn two_entries_with_the_same_name_are_rejected() {
    let zip = patched(stored(&[("a.rs", b"one"), ("b.rs", b"two")]), b"b.rs", b"a.rs");
    assert_eq!(refused(ArchiveKind::Zip, &zip), "the archive contains two entries of one name");
    let zip = stored(&[("a/b.rs", b"one"), ("a//b.rs", b"two")]);
    assert_eq!(refused(ArchiveKind::Zip, &zip), "the archive contains `a/b.rs` twice");
    let tar = tar_gz(&[(EntryType::Regular, "a.rs", b"one"), (EntryType::Regular, "./a.rs", b"two")]);
    assert_eq!(refused(ArchiveKind::TarGz, &tar), "the archive contains `a.rs` twice");
}

#[test]
fn bombs_are_measured_wherever_they_are() {
    // What is no quest is not even decompressed.
    let single = zip(&[("bomb", &vec![0; 65 << 20])]);
    assert!(refused(ArchiveKind::Zip, &single).starts_with("No quest was recognized in: bomb."));
    let mut small = zip::ZipArchive::new(Cursor::new(zip(&[("part", &vec![0; 1 << 20])]))).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..65 {
        writer.raw_copy_file_rename(small.by_index_raw(0).unwrap(), format!("{number}.rs")).unwrap();
    }
    assert_eq!(refused(ArchiveKind::Zip, &writer.finish().unwrap().into_inner()), too_large());

    // Compressed streams may be concatenated.
    let zeros = gzip(&vec![0; 1 << 20]).repeat(65);
    let header = tar(&[(EntryType::Regular, "bomb", &vec![1; 65 << 20])])[..512].to_owned();
    assert_eq!(refused(ArchiveKind::TarGz, &[gzip(&header), zeros.clone()].concat()), too_large());
    // After the end of the archive, too.
    assert_eq!(refused(ArchiveKind::TarGz, &[tar_gz(&[]), zeros].concat()), too_large());
}

#[test]
fn a_large_archive_is_not_even_read() {
    let folder = Folder::new("huge");
    let path = folder.path().join("huge.zip");
    std::fs::File::create(&path).unwrap().set_len(LARGEST_ARCHIVE + 1).unwrap();
    assert_eq!(files_of(read(&path, ArchiveKind::Zip)), Err(too_large()));
}

#[test]
fn a_quest_that_is_too_large_is_rejected() {
    let large = vec![b' '; (1 << 20) + 1];
    let expected = format!("`{LEARNER}` is larger than 1 MiB");
    assert_eq!(refused(ArchiveKind::Zip, &zip(&[(LEARNER, &large)])), expected);
    assert_eq!(refused(ArchiveKind::TarGz, &tar_gz(&[(EntryType::Regular, LEARNER, &large)])), expected);
    assert_eq!(read_as(ArchiveKind::Zip, &zip(&[(LEARNER, &large[1..])])), Ok(queue(&large[1..])));
}

#[test]
fn an_entry_that_expands_to_more_than_it_claims_is_no_way_around_the_limits() {
    let claims_little = |name: &str, content: &[u8]| with_field(zip(&[(name, content)]), 22, 24, &[10, 0, 0, 0]);
    let large = vec![b' '; 2 << 20];
    assert!(refused(ArchiveKind::Zip, &claims_little("bomb.rs", &large)).contains("`bomb.rs` "));
    let problem = refused(ArchiveKind::Zip, &claims_little(LEARNER, b"more than ten bytes"));
    assert!(problem.starts_with(&format!("`{LEARNER}` cannot be read: ")), "{problem}");
}

#[test]
fn encrypted_entries_and_unknown_compression_are_rejected() {
    let zip = || zip(&[(LEARNER, b"mine")]);
    assert!(refused(ArchiveKind::Zip, &with_field(zip(), 6, 8, &[1, 0])).contains("which is encrypted"));
    assert!(
        refused(ArchiveKind::Zip, &with_field(zip(), 8, 10, &[12, 0]))
            .contains("uses an unsupported compression method")
    );
}

#[test]
fn corrupt_archives_are_reported() {
    let zip = zip(&[(LEARNER, b"mine")]);
    let stored = patched(stored(&[(LEARNER, b"mine")]), b"mine", b"ours");
    for content in [&b""[..], b"no archive", &zip[..zip.len() / 2]] {
        assert!(refused(ArchiveKind::Zip, content).starts_with("the archive is corrupt"));
    }
    assert!(refused(ArchiveKind::Zip, &stored).starts_with(&format!("`{LEARNER}` cannot be read")));
    let tar_gz = tar_gz(&[(EntryType::Regular, LEARNER, b"mine")]);
    let cut_inside = gzip(&tar(&[(EntryType::Regular, LEARNER, b"mine")])[..514]);
    for content in
        [&b""[..], b"no archive", &tar_gz[..tar_gz.len() / 2], &tar_gz[..tar_gz.len() - 1], &cut_inside, &gzip(&tar_gz)]
    {
        let problem = refused(ArchiveKind::TarGz, content);
        assert!(problem.starts_with("the archive is corrupt"), "{problem}");
    }
}

#[test]
fn a_librarys_words_are_tamed_since_they_hold_names() {
    let mut header = Header::new_gnu();
    header.set_path("\u{1b}[2J").unwrap();
    header.as_old_mut().cksum = *b"nonsense";
    let problem = refused(ArchiveKind::TarGz, &gzip(&[&header.as_bytes()[..], &[0; 1024]].concat()));
    assert!(problem.contains("[2J") && !problem.contains('\u{1b}'), "{problem:?}");
}
