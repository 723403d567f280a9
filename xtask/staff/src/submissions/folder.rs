//! Reads a submission that is a folder. Links are not followed, and only the quests' files are opened.

use super::archive;
use super::contents::{Content, Contents, FileEntry};
use super::layout::{self, ends_with, shown};
use super::open;
use crate::text::escape::escape_os;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder with more entries than this cannot be a submission.
const MOST_ENTRIES: usize = 5_000;

/// What the folder `root` contains, or a message for the learner.
pub fn read(root: &Path) -> Result<Contents, String> {
    // As in an archive, a file counts however deep it lies.
    let mut listing = Listing::of(root, usize::MAX, MOST_ENTRIES);
    // The message must not depend on the order in which the system lists a folder.
    listing.problems.sort();
    if let Some(problem) = listing.problems.into_iter().next() {
        return Err(problem);
    }
    listing.paths.sort();
    let mut contents = Contents::default();
    listing.skipped.sort();
    for (path, real) in &listing.skipped {
        contents.skip(path);
        for path in work_below(root, path, real) {
            contents.skip(&path);
        }
    }
    let mut budget = archive::budget();
    let is_checked_out = |path: &str| {
        listing.skipped.iter().any(|(git, _)| git.strip_suffix(".git").is_some_and(|root| path.starts_with(root)))
    };
    for (path, real) in &listing.paths {
        match open::regular_file(&root.join(real)) {
            Ok(file) => {
                // In a checkout, it is the time of the checkout, and says nothing about the file.
                let modified = if is_checked_out(path) { None } else { modified(&file) };
                let entry = FileEntry { path, modified, depth: 0 };
                contents.add(entry, Content::OnDisk(&file), &mut budget)?;
            }
            Err(why) if ends_with(path, ".rs") => return Err(format!("`{}` {why}", shown(path))),
            Err(why) => {
                contents.others.push(path.clone());
                contents.leave_out(path, &format!("it {why}"));
            }
        }
    }
    Ok(contents)
}

fn modified(file: &File) -> Option<i64> {
    let time = file.metadata().and_then(|metadata| metadata.modified()).ok()?;
    i64::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Whether `root` contains a quest of any course, at most this many folders deep.
pub fn holds_quests(root: &Path, wrapping: usize) -> bool {
    let paths = Listing::of(root, wrapping, MOST_ENTRIES).paths;
    paths.iter().any(|(path, _)| layout::wrapping(path).is_some_and(|found| found <= wrapping))
}

/// What could be somebody's work in a folder that is skipped. A folder with much in it was written by programs.
fn work_below(root: &Path, path: &str, real: &Path) -> Vec<String> {
    const MOST: usize = 200;
    if !fs::symlink_metadata(root.join(real)).is_ok_and(|metadata| metadata.is_dir()) {
        return Vec::new();
    }
    let listing = Listing::of(&root.join(real), 1, MOST);
    let paths = listing.paths.into_iter().map(|(inner, _)| format!("{path}/{inner}"));
    let mut work: Vec<String> = paths.filter(|inner| listing.seen <= MOST && layout::looks_like_work(inner)).collect();
    work.sort();
    work
}

/// The files that could be a quest's.
#[derive(Debug, Default)]
struct Listing {
    /// Relative to the submission: with `/` and as text, and as the system has it.
    paths: Vec<(String, PathBuf)>,
    /// What is skipped because of its name.
    skipped: Vec<(String, PathBuf)>,
    /// Why the listing may be incomplete.
    problems: Vec<String>,
    /// The number of entries so far, of any kind.
    seen: usize,
}

impl Listing {
    /// Stops after `most` entries.
    fn of(root: &Path, wrapping: usize, most: usize) -> Self {
        // `learner.rs` is in `src` in the quest's folder.
        let deepest = wrapping.saturating_add(2);
        let mut listing = Self::default();
        let mut folders = vec![(String::new(), PathBuf::new(), 0)];
        while let Some((folder, real, depth)) = folders.pop() {
            match listing.add(root, &folder, &real, most) {
                Ok(inner) if depth < deepest => {
                    folders.extend(inner.into_iter().map(|(path, real)| (path, real, depth + 1)));
                }
                Ok(_) => {}
                Err(error) if folder.is_empty() => {
                    listing.problems.push(format!("the submission {}", open::unreadable(&error)));
                }
                Err(error) => listing.problems.push(format!("`{}` {}", shown(&folder), open::unreadable(&error))),
            }
            if listing.seen > most {
                listing.problems =
                    vec![format!("the submission contains more than {most} files; hand in only the quests")];
                break;
            }
        }
        listing
    }

    /// Adds what is in one folder, and returns the folders in it.
    fn add(&mut self, root: &Path, folder: &str, real: &Path, most: usize) -> io::Result<Vec<(String, PathBuf)>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(root.join(real))?.take(most + 1) {
            let entry = entry?;
            let real = real.join(entry.file_name());
            // A name that is not Unicode is escaped, so that it stays unique.
            let name = entry.file_name().to_str().map_or_else(|| escape_os(&entry.file_name()), str::to_owned);
            let is_skipped = layout::is_skipped(&name);
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if is_skipped {
                self.skipped.push((path, real));
                continue;
            }
            self.seen += 1;
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                self.problems.push(format!("`{}` {}", shown(&path), open::LINK));
            } else if kind.is_dir() {
                folders.push((path, real));
            } else {
                self.paths.push((path, real));
            }
        }
        Ok(folders)
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Files;
    use super::super::tests::{Folder, files_of};
    use super::*;

    fn files(folder: &Folder) -> Result<Files, String> {
        files_of(read(&folder.path()))
    }

    #[test]
    fn the_quests_of_a_checkout_are_read_and_nothing_else() {
        let folder = Folder::new("checkout");
        for path in [".git/config", "Cargo.toml", "target/quest-04-sleep/src/learner.rs", "quest-03-queue/src/lib.rs"] {
            folder.file(path, "no");
        }
        folder.file("quest-03-queue/src/learner.rs", "queue");
        folder.file("quest-04-sleep/src/learner.rs", [0xff, 0]);
        let expected = Files::from([(3, b"queue".to_vec()), (4, vec![0xff, 0])]);
        assert_eq!(files(&folder), Ok(expected));
    }

    #[test]
    fn a_folder_without_quests_holds_none() {
        let folder = Folder::new("empty");
        assert_eq!(files(&folder), Ok(Files::new()));
        folder.file("homework.txt", "later");
        assert!(files(&folder).unwrap_err().contains("homework.txt"));
    }

    #[test]
    fn a_file_that_lies_deep_is_not_passed_over_in_silence() {
        let folder = Folder::new("deep");
        folder.file("a/b/c/d/e/f/g/quest-03-queue/src/learner.rs", "");
        let problem = files(&folder).unwrap_err();
        assert!(problem.contains("a/b/c/d/e/f/g/quest-03-queue/src/learner.rs"), "{problem}");
    }

    #[test]
    fn a_file_that_is_too_large_is_rejected() {
        let folder = Folder::new("large");
        folder.file("quest-03-queue.rs", vec![b' '; 1 << 20]);
        assert_eq!(files(&folder).unwrap()[&3].len(), 1 << 20);
        folder.file("quest-03-queue.rs", vec![b' '; (1 << 20) + 1]);
        assert_eq!(files(&folder), Err("`quest-03-queue.rs` is larger than 1 MiB".to_owned()));
    }

    #[test]
    fn a_missing_folder_is_reported_without_its_path() {
        let folder = Folder::new("gone");
        let problem = read(&folder.path().join("gone")).unwrap_err();
        assert!(problem.starts_with("the submission cannot be read: "), "{problem}");
    }

    #[test]
    fn a_folder_of_too_many_files_is_not_searched_for_ever() {
        let folder = Folder::new("many");
        for number in 0..=MOST_ENTRIES {
            folder.file(&format!("{number}"), "");
        }
        assert!(files(&folder).unwrap_err().contains("more than 5000 files"));
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        #[test]
        fn links_are_rejected_wherever_they_are() {
            for (link, target) in [
                ("quest-03-queue.rs", "/etc/hostname"),
                ("quest-03-queue", "other"),
                ("main", "other"),
                ("readme", "nowhere"),
            ] {
                let folder = Folder::new("links");
                folder.file("other/src/learner.rs", "");
                symlink(target, folder.path().join(link)).unwrap();
                let problem = files(&folder).unwrap_err();
                assert!(problem.starts_with(&format!("`{link}` is a link")), "{problem}");
            }
        }

        #[test]
        fn of_several_problems_every_system_reports_the_same_one() {
            let folder = Folder::new("problems");
            for name in ["c", "a", "d", "b"] {
                symlink("nowhere", folder.path().join(name)).unwrap();
            }
            assert!(files(&folder).unwrap_err().starts_with("`a` is a link"));
        }

        #[test]
        fn a_link_where_cargo_builds_is_nobodys_business() {
            let folder = Folder::new("target-link");
            symlink("/", folder.path().join("target")).unwrap();
            folder.file("quest-03-queue.rs", "queue");
            assert_eq!(files(&folder), Ok(Files::from([(3, b"queue".to_vec())])));
        }

        #[cfg(not(target_vendor = "apple"))]
        #[test]
        fn a_pipe_does_not_hang_the_grader() {
            use rustix::fs::{CWD, FileType, Mode, mknodat};
            let folder = Folder::new("pipe");
            folder.folder("quest-03-queue/src");
            let path = folder.path().join("quest-03-queue/src/learner.rs");
            mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
            assert_eq!(files(&folder), Err("`quest-03-queue/src/learner.rs` is not a regular file".to_owned()));
        }

        #[test]
        fn unreadable_files_are_reported() {
            let folder = Folder::new("forbidden");
            let path = folder.path().join("closed");
            folder.folder("closed");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
            let files = files(&folder);
            // The administrator may read everything.
            if fs::read_dir(&path).is_err() {
                assert!(files.unwrap_err().starts_with("`closed` cannot be read: "));
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
    }
}
