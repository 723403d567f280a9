//! Tar archives, compressed by gzip.

use super::limits::{MOST_BYTES, broken, too_large};
use super::names::EntryNames;
use crate::submissions::layout::{self, Files, shown};
use crate::submissions::open::read_limited;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use tar::{Archive, Entry, EntryType};

pub fn read(mut file: File, packages: &[(u32, String)]) -> Result<Files, String> {
    let mut names = EntryNames::default();
    each_entry(&file, |_, entry| {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_folder =
            is_folder(entry, &name).map_err(|why| format!("the archive contains `{}`, which {why}", shown(&name)))?;
        names.add(&name, is_folder)
    })?;
    let chosen = layout::choose(&names.paths, packages)?;

    // Only now is it known which files count, and the stream can only be rewound to its beginning.
    file.rewind().map_err(|error| broken(&error))?;
    let mut files = Files::new();
    each_entry(&file, |index, entry| {
        if let Some((number, _)) = chosen.iter().find(|(_, chosen)| **chosen == index) {
            let content = read_limited(entry).map_err(|why| format!("`{}` {why}", shown(&names.paths[index])))?;
            files.insert(*number, content);
        }
        Ok(())
    })?;
    layout::or_why_nothing(files, &names.paths)
}

/// Reads the archive to its end, counting the uncompressed bytes.
fn each_entry(
    file: &File,
    mut visit: impl FnMut(usize, &mut Entry<GzipStream>) -> Result<(), String>,
) -> Result<(), String> {
    let mut archive = Archive::new(MultiGzDecoder::new(BufReader::new(file)).take(MOST_BYTES + 1));
    let visited = visit_all(&mut archive, &mut visit);
    let mut stream = archive.into_inner();
    let rest = if visited.is_ok() { io::copy(&mut stream, &mut io::sink()) } else { Ok(0) };
    // A stream that ends at the limit looks corrupt, but the limit is what is wrong.
    if stream.limit() == 0 {
        return Err(too_large());
    }
    rest.map_err(|error| broken(&error))?;
    visited
}

type GzipStream<'a> = io::Take<MultiGzDecoder<BufReader<&'a File>>>;

fn visit_all<'a>(
    archive: &mut Archive<GzipStream<'a>>,
    visit: &mut impl FnMut(usize, &mut Entry<GzipStream<'a>>) -> Result<(), String>,
) -> Result<(), String> {
    let entries = archive.entries().map_err(|error| broken(&error))?;
    // `git archive` writes a global header, which is not an entry.
    let entries = entries
        .filter(|entry| !entry.as_ref().is_ok_and(|entry| entry.header().entry_type() == EntryType::XGlobalHeader));
    for (index, entry) in entries.enumerate() {
        visit(index, &mut entry.map_err(|error| broken(&error))?)?;
    }
    Ok(())
}

fn is_folder(entry: &Entry<GzipStream>, name: &str) -> Result<bool, &'static str> {
    match entry.header().entry_type() {
        EntryType::Directory => Ok(true),
        // The old form, from before there was a type for folders.
        EntryType::Regular => Ok(name.ends_with('/')),
        EntryType::Symlink | EntryType::Link => Err("is a link; hand in the file itself"),
        _ => Err("is not a regular file"),
    }
}
