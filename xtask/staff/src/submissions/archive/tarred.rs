//! Tar archives, compressed or not. The stream is read once, to its end.

use super::limits::{broken, too_large};
use super::names::EntryNames;
use crate::submissions::contents::{Budget, Contents, FileEntry};
use crate::submissions::layout::shown;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType};

pub fn read(stream: impl Read, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    // What does not count has to be read, too, to get past it.
    let limit = budget.streamed;
    let mut archive = Archive::new(stream.take(limit + 1));
    let visited = entries(&mut archive, depth, budget);
    let mut stream = archive.into_inner();
    let rest = if visited.is_ok() { io::copy(&mut stream, &mut io::sink()) } else { Ok(0) };
    // A stream that ends at the limit looks corrupt, but the limit is what is wrong.
    if stream.limit() == 0 {
        return Err(too_large());
    }
    budget.streamed = stream.limit() - 1;
    let rest = rest.map_err(|error| broken(&error))?;
    budget.bytes = budget.bytes.checked_sub(rest).ok_or_else(too_large)?;
    visited
}

fn entries(archive: &mut Archive<io::Take<impl Read>>, depth: usize, budget: &mut Budget) -> Result<Contents, String> {
    let mut names = EntryNames::default();
    let mut contents = Contents::default();
    for entry in archive.entries().map_err(|error| broken(&error))? {
        let mut entry = entry.map_err(|error| broken(&error))?;
        // `git archive` writes a global header, which is not an entry.
        if entry.header().entry_type() == EntryType::XGlobalHeader {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = is_folder(&entry, &name);
        let Some(path) = names.add(&name, matches!(kind, Ok(true)), budget)? else { continue };
        kind.map_err(|why| format!("the archive contains `{}`, which {why}", shown(&name)))?;
        if entry.size() > budget.bytes {
            return Err(too_large());
        }
        let modified = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok()).filter(|time| *time > 0);
        contents.add(FileEntry { path: &path, modified, depth }, &mut entry, budget)?;
    }
    names.skipped.iter().for_each(|path| contents.skip(path));
    Ok(contents)
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
