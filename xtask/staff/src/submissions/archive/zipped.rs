//! Zip archives.

use super::limits::{MOST_HEADERS, broken, too_many};
use super::names::EntryNames;
use crate::submissions::contents::{Budget, Content, Contents, FileEntry};
use crate::submissions::layout::shown;
use std::borrow::Cow;
use std::io::{self, BufRead, Seek};
use zip::read::ZipFileEntry;
use zip::{CompressionMethod, DateTime, ZipArchive};

pub fn read(mut reader: impl BufRead + Seek, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    if headers(&mut reader).map_err(|error| broken(&error))? > MOST_HEADERS {
        return Err(too_many());
    }
    reader.rewind().map_err(|error| broken(&error))?;
    let mut archive = ZipArchive::new(reader).map_err(|error| broken(&error))?;
    if archive.has_duplicate_names() {
        return Err("the archive contains two entries of one name".to_owned());
    }
    let mut names = EntryNames::default();
    let mut contents = Contents::default();
    // Entries that may not be quests are not decompressed, so it does not matter if they are corrupt, or bombs.
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        // Names in an old code page are read as far as possible.
        let name =
            entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Cow::into_owned);
        let Some(path) = names.add(&name, entry.is_dir(), budget)? else { continue };
        check(&entry).map_err(|why| format!("the archive contains `{}`, which {why}", shown(&name)))?;
        let modified = entry.last_modified().map(seconds_since_1970);
        let mut entry = archive.by_index(index).map_err(|error| broken(&error))?;
        contents.add(FileEntry { path: &path, modified, depth }, Content::Streamed(&mut entry), budget)?;
    }
    names.skipped.iter().for_each(|path| contents.skip(path));
    Ok(contents)
}

/// Seconds, in the time zone of whoever made the archive.
pub fn seconds_since_1970(time: DateTime) -> i64 {
    let (year, month, day) = (i64::from(time.year()), i64::from(time.month()), i64::from(time.day()));
    // A year that begins in March has its leap day at its end.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    ((days * 24 + i64::from(time.hour())) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second())
}

/// Counts the signatures of entry headers: there are at least as many as entries. The number in the archive itself may be wrong, and
/// the library reads all headers into memory before it can be asked.
fn headers(mut reader: impl BufRead) -> io::Result<usize> {
    const BEGINNING: u32 = u32::from_be_bytes(*b"PK\x01\x02");
    let mut found = 0;
    let mut last = 0_u32;
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(found);
        }
        for byte in bytes {
            last = last << 8 | u32::from(*byte);
            found += usize::from(last == BEGINNING);
        }
        let length = bytes.len();
        reader.consume(length);
    }
}

fn check(entry: &ZipFileEntry) -> Result<(), &'static str> {
    /// The file type bits of a mode, and some of their values.
    const KIND: u32 = 0o170_000;
    const NONE: u32 = 0;
    const FOLDER: u32 = 0o040_000;
    const FILE: u32 = 0o100_000;
    const LINK: u32 = 0o120_000;
    match entry.unix_mode().unwrap_or(NONE) & KIND {
        NONE | FOLDER | FILE => {}
        LINK => return Err("is a link; hand in the file itself"),
        _ => return Err("is not a regular file"),
    }
    if entry.encrypted() {
        return Err("is encrypted");
    }
    match entry.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated => Ok(()),
        _ => Err("uses an unsupported compression method; create the zip again with default settings"),
    }
}
