//! Zip archives.

use super::limits::{MOST_BYTES, MOST_ENTRIES, broken, too_large, too_many};
use super::names::EntryNames;
use crate::submissions::layout::{self, Files, shown};
use crate::submissions::open::read_limited;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use zip::read::ZipFileEntry;
use zip::{CompressionMethod, ZipArchive};

pub fn read(file: &File, packages: &[(u32, String)]) -> Result<Files, String> {
    let mut reader = BufReader::new(file);
    if headers(&mut reader).map_err(|error| broken(&error))? > MOST_ENTRIES {
        return Err(too_many());
    }
    reader.rewind().map_err(|error| broken(&error))?;
    let mut archive = ZipArchive::new(reader).map_err(|error| broken(&error))?;
    let names = names(&archive)?;
    let chosen = layout::choose(&names.paths, packages)?;

    let mut files = Files::new();
    let mut left = MOST_BYTES;
    for (index, path) in names.paths.iter().enumerate() {
        let mut entry = archive.by_index(index).map_err(|error| broken(&error))?.take(left + 1);
        if let Some((number, _)) = chosen.iter().find(|(_, chosen)| **chosen == index) {
            let content = read_limited(&mut entry).map_err(|why| format!("`{}` {why}", shown(path)))?;
            files.insert(*number, content);
        } else {
            // Other entries are decompressed, too: a corrupt entry or a zip bomb is detected anywhere in the archive.
            io::copy(&mut entry, &mut io::sink()).map_err(|error| broken(&error))?;
        }
        left = entry.limit().checked_sub(1).ok_or_else(too_large)?;
    }
    layout::or_why_nothing(files, &names.paths)
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

fn names(archive: &ZipArchive<BufReader<&File>>) -> Result<EntryNames, String> {
    if archive.has_duplicate_names() {
        return Err("the archive contains two entries of one name".to_owned());
    }
    let mut names = EntryNames::default();
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        let name = entry.name().map_err(|error| broken(&error))?;
        check(&entry).map_err(|why| format!("the archive contains `{}`, which {why}", shown(&name)))?;
        names.add(&name, entry.is_dir())?;
    }
    Ok(names)
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
