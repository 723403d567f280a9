use super::super::limits::*;
use super::*;
use crate::submissions::folder;

/// What this compressed tar archive contains, within a budget.
fn streamed(content: &[u8], budget: &mut Budget) -> Result<Contents, String> {
    read_from(Cursor::new(content), Format::TarGz, 1, budget)
}

#[test]
fn an_archive_with_too_many_entries_is_rejected() {
    let names: Vec<String> = (0..3_000).map(|number| format!("{number}")).collect();
    let files = |count: usize| names[..count].iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>();
    let entries = |count: usize| {
        names[..count].iter().map(|name| (EntryType::Regular, name.as_str(), &b""[..])).collect::<Vec<_>>()
    };
    assert_eq!(refused(ZIP, &stored(&files(3_000))), too_many());
    assert_eq!(refused(TAR_GZ, &tar_gz(&entries(2_001))), too_many());
    let enough = "No quest was recognized in: 0, 1, 10 and 1997 more";
    assert!(refused(ZIP, &stored(&files(2_000))).starts_with(enough));
    assert!(refused(TAR_GZ, &tar_gz(&entries(2_000))).starts_with(enough));
}

#[test]
fn an_archive_is_rejected_before_a_false_entry_count_is_trusted() {
    // The library would read all headers into memory, whatever number the archive states.
    let end = stored(&[]);
    let headers = b"PK\x01\x02".repeat(MOST_HEADERS + 1);
    assert_eq!(refused(ZIP, &[b"PK\x03\x04", &headers[..], &end].concat()), too_many());
}

#[test]
fn what_is_skipped_costs_neither_entries_nor_bytes() {
    let names: Vec<String> = (0..3_000).map(|number| format!("target/{number}")).collect();
    let large = vec![0; 65 << 20];
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    files.extend([(".git/large.rs", &large[..]), (LEARNER, b"mine")]);
    assert_eq!(read_as(ZIP, &zip(&files)), Ok(queue(b"mine")));
    let entries: Vec<_> = files.iter().map(|(name, content)| (EntryType::Regular, *name, *content)).collect();
    assert_eq!(read_as(TAR_GZ, &tar_gz(&entries)), Ok(queue(b"mine")));
    // A link there is nobody's business either.
    let linked = tar_gz(&[(EntryType::Symlink, "target", b""), (EntryType::Regular, LEARNER, b"mine")]);
    assert_eq!(read_as(TAR_GZ, &linked), Ok(queue(b"mine")));
}

#[test]
fn bombs_are_measured_wherever_they_are() {
    // What is no quest is not even decompressed.
    let single = zip(&[("bomb", &vec![0; 65 << 20])]);
    assert!(refused(ZIP, &single).starts_with("No quest was recognized in: bomb."));
    let mut small = zip::ZipArchive::new(Cursor::new(zip(&[("part", &vec![0; 1 << 20])]))).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..65 {
        writer.raw_copy_file_rename(small.by_index_raw(0).unwrap(), format!("{number}.rs")).unwrap();
    }
    assert_eq!(refused(ZIP, &writer.finish().unwrap().into_inner()), too_large());

    // What is no quest in a tar archive has to be unpacked, and is not kept.
    let single = tar_gz(&[(EntryType::Regular, "bomb", &vec![0; 65 << 20])]);
    assert!(refused(TAR_GZ, &single).starts_with("No quest was recognized in: bomb."));
}

#[test]
fn what_a_tar_archive_unpacks_to_is_limited_and_used_up() {
    // Compressed streams may be concatenated, and go on after the end of the archive.
    let zeros = gzip(&vec![0; 1 << 20]).repeat(4);
    let header = tar(&[(EntryType::Regular, "bomb", &vec![1; 4 << 20])])[..512].to_owned();
    for bomb in [[gzip(&header), zeros.clone()].concat(), [tar_gz(&[]), zeros].concat()] {
        let mut budget = Budget { streamed: 3 << 20, ..budget() };
        assert_eq!(streamed(&bomb, &mut budget).unwrap_err(), unpacks_to_too_much());
        assert_eq!(budget.streamed, 0, "the next bomb must not cost as much again");
        assert_eq!(streamed(&bomb, &mut budget).unwrap_err(), unpacks_to_too_much());
        let mut budget = Budget { streamed: 5 << 20, ..super::budget() };
        assert!(streamed(&bomb, &mut budget).is_ok());
        assert!(budget.streamed < 1 << 20, "{budget:?}");
    }
}

#[test]
fn archives_in_an_archive_use_up_what_is_unpacked_whether_they_can_be_read_or_not() {
    let large = tar_gz(&[(EntryType::Regular, "large", &vec![0; 1 << 20])]);
    let outer = tar(&[(EntryType::Regular, "a.tgz", &large), (EntryType::Regular, "b.tgz", &large)]);
    let mut budget = super::budget();
    streamed(&gzip(&outer), &mut budget).unwrap();
    let used = MOST_STREAMED - budget.streamed;
    assert!(used > 2 << 20, "{used} of what the inner archives unpack to");
    // The second one is too much, and that is said of it alone.
    let mut budget = Budget { streamed: 1_500_000, ..super::budget() };
    let outer = zip(&[("a.tgz", &large), ("b.tgz", &large), (LEARNER, b"mine")]);
    let contents = read_from(Cursor::new(&outer), Format::Zip, 1, &mut budget).unwrap();
    assert_eq!(contents.unread, [format!("`b.tgz` was not read: {}", unpacks_to_too_much())]);
    assert_eq!(contents.sources.len(), 1);
    // One that breaks off has been unpacked as far as that.
    let cut = zip(&[("cut.zip", &vec![0; 1 << 20])]);
    let broken = with_field(cut, 14, 16, b"none");
    let mut budget = super::budget();
    let contents = read_from(Cursor::new(&broken), Format::Zip, 1, &mut budget).unwrap();
    assert!(contents.unread[0].starts_with("`cut.zip` was not read: it cannot be read"), "{:?}", contents.unread);
    assert_eq!(MOST_STREAMED - budget.streamed, 1 << 20);
}

#[test]
fn the_rust_files_that_are_kept_are_limited_and_used_up() {
    let file = vec![b' '; 1 << 20];
    let mut budget = Budget { bytes: 1_500_000, ..budget() };
    let two = zip(&[("a.rs", &file), ("b.rs", &file)]);
    assert_eq!(read_from(Cursor::new(&two), Format::Zip, 1, &mut budget).unwrap_err(), too_large());
    assert_eq!(budget.bytes, 0);
}

#[test]
fn a_large_archive_is_not_even_read() {
    let folder = Folder::new("huge");
    let path = folder.path().join("huge.zip");
    std::fs::File::create(&path).unwrap().set_len(LARGEST_ARCHIVE + 1).unwrap();
    assert_eq!(files_of(read(&path)), Err(too_large_as_handed_in()));
    // In a folder, it is the same archive.
    let contents = folder::read(&folder.path()).unwrap();
    assert_eq!(contents.unread, [format!("`huge.zip` was not read: {}", too_large_as_handed_in())]);
}

#[test]
fn in_another_archive_an_archive_has_a_limit_of_its_own_and_the_message_says_it() {
    let outer = zip(&[("hw.zip", &with_large_target()), ("learner.txt", b"")]);
    let problem = refused(ZIP, &outer);
    assert!(problem.contains(&format!("`hw.zip` was not read: {}", too_large_within_another())), "{problem}");
}

#[test]
fn a_quest_that_is_too_large_is_rejected() {
    let large = vec![b' '; (1 << 20) + 1];
    let expected = format!("`{LEARNER}` is larger than 1 MiB");
    assert_eq!(refused(ZIP, &zip(&[(LEARNER, &large)])), expected);
    assert_eq!(refused(TAR_GZ, &tar_gz(&[(EntryType::Regular, LEARNER, &large)])), expected);
    assert_eq!(read_as(ZIP, &zip(&[(LEARNER, &large[1..])])), Ok(queue(&large[1..])));
}

#[test]
fn an_entry_that_expands_to_more_than_it_claims_is_no_way_around_the_limits() {
    let claims_little = |name: &str, content: &[u8]| with_field(zip(&[(name, content)]), 22, 24, &[10, 0, 0, 0]);
    let large = vec![b' '; 2 << 20];
    assert!(refused(ZIP, &claims_little("bomb.rs", &large)).contains("`bomb.rs` "));
    let problem = refused(ZIP, &claims_little(LEARNER, b"more than ten bytes"));
    assert!(problem.starts_with(&format!("`{LEARNER}` cannot be read: ")), "{problem}");
}
