//! Reads a submission that is a folder. Links are not followed, and nothing is opened but the quests' files.

use super::layout::{self, DEEPEST_WRAPPING, shown};
use super::{Files, open, read_limited};
use std::fs;
use std::io;
use std::path::Path;

/// A folder with more entries than this is no submission, whatever it is.
const MOST_ENTRIES: usize = 20_000;

/// The quests' files in the folder `root`, or why they cannot be had, in words.
pub fn read(root: &Path, packages: &[(u32, String)]) -> Result<Files, String> {
    let mut listing = Listing::of(root, DEEPEST_WRAPPING);
    // The order in which a system lists a folder must not decide what is told.
    listing.problems.sort();
    if let Some(problem) = listing.problems.into_iter().next() {
        return Err(problem);
    }
    let mut files = Files::new();
    for (number, index) in layout::choose(&listing.paths, packages)? {
        let path = &listing.paths[index];
        let content = open::regular_file(&root.join(path)).and_then(read_limited);
        files.insert(number, content.map_err(|why| format!("`{}` {why}", shown(path)))?);
    }
    Ok(files)
}

/// Whether `root` holds a quest of any course, in at most so many folders more.
pub fn holds_quests(root: &Path, wrapping: usize) -> bool {
    let paths = Listing::of(root, wrapping).paths;
    paths.iter().any(|path| layout::wrapping(path).is_some_and(|found| found <= wrapping))
}

/// What could be a quest's file.
#[derive(Debug, Default)]
struct Listing {
    /// Within the submission, with `/`. Whatever is no folder and no link.
    paths: Vec<String>,
    /// Why some of it may be missing.
    problems: Vec<String>,
    /// Entries so far, of any kind.
    seen: usize,
}

impl Listing {
    fn of(root: &Path, wrapping: usize) -> Self {
        // Around `learner.rs` are the quest's folder and `src`.
        let deepest = wrapping + 2;
        let mut listing = Self::default();
        let mut folders = vec![(String::new(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            match listing.add(root, &folder) {
                Ok(inner) if depth < deepest => folders.extend(inner.into_iter().map(|path| (path, depth + 1))),
                Ok(_) => {}
                Err(error) if folder.is_empty() => listing.problems.push(format!("it {}", open::unreadable(&error))),
                Err(error) => listing.problems.push(format!("`{}` {}", shown(&folder), open::unreadable(&error))),
            }
            if listing.seen > MOST_ENTRIES {
                listing.problems = vec![format!("it holds more than {MOST_ENTRIES} files; hand in the quests alone")];
                break;
            }
        }
        listing
    }

    /// Adds what is in one folder, and returns the folders in it.
    fn add(&mut self, root: &Path, folder: &str) -> io::Result<Vec<String>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(root.join(folder))?.take(MOST_ENTRIES + 1) {
            let entry = entry?;
            self.seen += 1;
            let name = entry.file_name();
            // A name that is no text is no quest's.
            let Some(name) = name.to_str().filter(|name| !layout::is_skipped(name)) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                self.problems.push(format!("`{}` {}", shown(&path), open::LINK));
            } else if kind.is_dir() {
                folders.push(path);
            } else {
                self.paths.push(path);
            }
        }
        Ok(folders)
    }
}
