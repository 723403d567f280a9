//! Tar archives, compressed or not. The stream is read once, to its end.

use super::limits::broken;
use super::names::EntryNames;
use crate::submissions::contents::{Budget, Content, Contents, FileEntry};
use crate::submissions::layout::shown;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType, PaxExtensions};

pub fn read(stream: impl Read, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    // What does not count has to be read, too, to get past it.
    let limit = budget.streamed;
    let mut archive = Archive::new(stream.take(limit + 1));
    let visited = entries(&mut archive, depth, budget);
    let mut stream = archive.into_inner();
    let rest = if visited.is_ok() { io::copy(&mut stream, &mut io::sink()) } else { Ok(0) };
    // A stream that ends at the limit looks corrupt, but the limit is what is wrong. Archives in this one have used up
    // a part of it.
    budget.stream(limit + 1 - stream.limit())?;
    rest.map_err(|error| broken(&error))?;
    visited
}

fn entries(archive: &mut Archive<io::Take<impl Read>>, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    let mut names = EntryNames::default();
    let mut contents = Contents::default();
    let mut long_name = None;
    // Raw: the library would read a long name into memory, however long it claims to be.
    for entry in archive.entries().map_err(|error| broken(&error))?.raw(true) {
        let mut entry = entry.map_err(|error| broken(&error))?;
        let kind = entry.header().entry_type();
        if is_about_the_next(kind) {
            if let Some(name) = name_for_the_next(&mut entry)? {
                long_name = Some(name);
            }
            continue;
        }
        let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = String::from_utf8_lossy(&name).into_owned();
        let kind = is_folder(&entry, &name);
        let Some(path) = names.add(&name, matches!(kind, Ok(true)), budget)? else { continue };
        kind.map_err(|why| format!("the archive contains `{}`, which {why}", shown(&name)))?;
        let modified = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok()).filter(|time| *time > 0);
        contents.add(FileEntry { path: &path, modified, depth }, Content::Streamed(&mut entry), budget)?;
    }
    names.skipped.iter().for_each(|path| contents.skip(path));
    Ok(contents)
}

/// Headers that are no entries: long names, and what `git archive` writes.
fn is_about_the_next(kind: EntryType) -> bool {
    matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader)
}

/// The name that does not fit into the header of the next entry.
fn name_for_the_next(entry: &mut Entry<impl Read>) -> Result<Option<Vec<u8>>, String> {
    const LARGEST: u64 = 1 << 20;
    if entry.size() > LARGEST {
        return Err("the archive is corrupt: it contains a name that is longer than 1 MiB".to_owned());
    }
    let mut content = Vec::new();
    entry.read_to_end(&mut content).map_err(|error| broken(&error))?;
    Ok(match entry.header().entry_type() {
        EntryType::GNULongName => Some(content.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()),
        EntryType::XHeader => PaxExtensions::new(&content)
            .filter_map(Result::ok)
            .find(|extension| extension.key_bytes() == b"path")
            .map(|extension| extension.value_bytes().to_vec()),
        _ => None,
    })
}

fn is_folder(entry: &Entry<impl Read>, name: &str) -> Result<bool, &'static str> {
    match entry.header().entry_type() {
        EntryType::Directory => Ok(true),
        // The old form, from before there was a type for folders.
        EntryType::Regular => Ok(name.ends_with('/')),
        EntryType::Symlink | EntryType::Link => Err("is a link; hand in the file itself"),
        _ => Err("is not a regular file"),
    }
}
