//! Everything in one submission that may be a quest, and everything else by name.

use super::archive::{self, Format};
use super::layout::{ends_with, looks_like_work, shown};
use super::open::{read_limited, unreadable};
use std::fs::File;
use std::io::{self, Read};

/// What a submission contains.
#[derive(Debug, Default)]
pub struct Contents {
    pub sources: Vec<SourceFile>,
    /// The other files and the folders that are too deep, by path.
    pub others: Vec<String>,
    /// Why some of them were not read although they may be meant as quests, a sentence each.
    pub unread: Vec<String>,
    /// What is skipped because of its name: a few of them.
    pub skipped: Vec<String>,
}

/// A file of Rust code.
#[derive(Debug)]
pub struct SourceFile {
    /// The archive in the submission that holds it, or an empty text.
    pub archive: String,
    /// Relative to the archive or the submission, with `/`.
    pub path: String,
    /// In seconds since 1970, in whatever time zone.
    pub modified: Option<i64>,
    pub content: Vec<u8>,
}

impl SourceFile {
    /// The path in the submission, for people.
    pub fn shown(&self) -> String {
        if self.archive.is_empty() { shown(&self.path) } else { shown(&format!("{}/{}", self.archive, self.path)) }
    }
}

/// What may still be read of a submission: one limit for all archives in it.
#[derive(Debug)]
pub struct Budget {
    /// What is kept.
    pub bytes: u64,
    pub entries: usize,
    /// What is unpacked and not kept. Tar archives are streams, and cannot be skipped through.
    pub streamed: u64,
}

impl Budget {
    fn keep(&mut self, bytes: u64) -> Result<(), String> {
        use_up(&mut self.bytes, bytes).ok_or_else(archive::too_large)
    }

    pub fn stream(&mut self, bytes: u64) -> Result<(), String> {
        use_up(&mut self.streamed, bytes).ok_or_else(archive::unpacks_to_too_much)
    }
}

/// Takes what was read from what is left. If it was too much, nothing is left, so that the next archive cannot cost as
/// much again.
fn use_up(left: &mut u64, read: u64) -> Option<()> {
    let rest = left.checked_sub(read);
    *left = rest.unwrap_or(0);
    rest.map(drop)
}

/// A file, as a folder or an archive contains it.
#[derive(Debug, Clone, Copy)]
pub struct FileEntry<'a> {
    pub path: &'a str,
    pub modified: Option<i64>,
    /// The number of archives around it.
    pub depth: usize,
}

/// The content of a file.
pub enum Content<'a> {
    /// In a folder. An archive is read where it is.
    OnDisk(&'a File),
    /// In an archive. It can be read only once.
    Streamed(&'a mut dyn Read),
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::OnDisk(file) => file.read(buffer),
            Self::Streamed(reader) => reader.read(buffer),
        }
    }
}

/// Archives within an archive are read; archives in those are not.
const DEEPEST_ARCHIVE: usize = 2;

impl Contents {
    /// Reads a file if it may be a quest, or contain some. An error makes the submission unreadable.
    pub fn add(&mut self, entry: FileEntry, mut file: Content, budget: &mut Budget) -> Result<(), String> {
        let path = entry.path;
        if ends_with(path, ".rs") {
            let content = read_limited(file).map_err(|why| format!("`{}` {why}", shown(path)))?;
            budget.keep(content.len() as u64)?;
            let (archive, path) = (String::new(), path.to_owned());
            self.sources.push(SourceFile { archive, path, modified: entry.modified, content });
            return Ok(());
        }
        self.others.push(path.to_owned());
        let mut head = Vec::new();
        if let Err(error) = file.by_ref().take(Format::HEAD).read_to_end(&mut head) {
            self.leave_out(path, &format!("it {}", unreadable(&error)));
            return Ok(());
        }
        match Format::of(path, &head) {
            None => {}
            Some(format) if format.is_readable() && entry.depth < DEEPEST_ARCHIVE => {
                match self.unpack(entry, format, (&head, file), budget) {
                    Ok(()) => {}
                    Err(why) => self.leave_out(path, &why),
                }
            }
            Some(format) => self.leave_out(path, &format.what_to_do()),
        }
        Ok(())
    }

    /// Adds what an archive contains, if all of it can be read.
    fn unpack(
        &mut self,
        entry: FileEntry,
        format: Format,
        (head, file): (&[u8], Content),
        budget: &mut Budget,
    ) -> Result<(), String> {
        let depth = entry.depth + 1;
        let inner = match file {
            Content::OnDisk(file) => archive::read_file(file, format, depth, budget)?,
            Content::Streamed(rest) => {
                let content = read_inner(&mut head.chain(rest), budget)?;
                archive::read_from(io::Cursor::new(content), format, depth, budget)?
            }
        };
        let within = |path: String| format!("{}/{path}", entry.path);
        if !inner.sources.is_empty() || !inner.others.is_empty() {
            // Its content is named instead.
            self.others.pop();
        }
        self.sources.extend(inner.sources.into_iter().map(|mut file| {
            file.archive = if file.archive.is_empty() { entry.path.to_owned() } else { within(file.archive) };
            file
        }));
        self.others.extend(inner.others.into_iter().map(within));
        self.unread.extend(inner.unread);
        inner.skipped.iter().for_each(|path| self.skip(&format!("{}/{path}", entry.path)));
        Ok(())
    }

    /// Nothing below this path is looked at.
    pub fn skip(&mut self, path: &str) {
        const KEPT: usize = 10;
        const OF_THE_SYSTEM: [&str; 4] = [".DS_Store", ".localized", "__MACOSX", ".directory"];
        let is_of_the_system = |name: &str| OF_THE_SYSTEM.contains(&name) || name.starts_with("._");
        // What could be work is kept beside whatever else there is.
        let alike = self.skipped.iter().filter(|kept| looks_like_work(kept) == looks_like_work(path));
        if alike.count() < KEPT && !path.split('/').any(is_of_the_system) {
            self.skipped.push(path.to_owned());
        }
    }

    pub fn leave_out(&mut self, path: &str, why: &str) {
        self.unread.push(format!("`{}` was not read: {why}", shown(path)));
    }
}

/// The content of an archive in an archive.
fn read_inner(reader: &mut dyn Read, budget: &mut Budget) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let read = reader.take(archive::LARGEST_INNER + 1).read_to_end(&mut content);
    // What could not be read to its end has cost as much.
    budget.stream(content.len() as u64)?;
    read.map_err(|error| format!("it {}", unreadable(&error)))?;
    if content.len() as u64 > archive::LARGEST_INNER {
        return Err(archive::too_large_within_another());
    }
    Ok(content)
}
