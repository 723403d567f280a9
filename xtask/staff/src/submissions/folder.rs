//! Reads a submission that is a folder. Links are not followed, and only the quests' files are opened.

use super::layout::{self, DEEPEST_WRAPPING, Files, shown};
use super::open::{self, read_limited};
use std::fs;
use std::io;
use std::path::Path;

/// A folder with more entries than this cannot be a submission.
const MOST_ENTRIES: usize = 5_000;

/// The quests' files in the folder `root`, or a message for the learner.
pub fn read(root: &Path, packages: &[(u32, String)]) -> Result<Files, String> {
    let mut listing = Listing::of(root, DEEPEST_WRAPPING);
    // The message must not depend on the order in which the system lists a folder.
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
    layout::or_why_nothing(files, &listing.paths)
}

/// Whether `root` contains a quest of any course, at most this many folders deep.
pub fn holds_quests(root: &Path, wrapping: usize) -> bool {
    let paths = Listing::of(root, wrapping).paths;
    paths.iter().any(|path| layout::wrapping(path).is_some_and(|found| found <= wrapping))
}

/// The files that could be a quest's.
#[derive(Debug, Default)]
struct Listing {
    /// Relative to the submission, with `/`. Neither folders nor links.
    paths: Vec<String>,
    /// Why the listing may be incomplete.
    problems: Vec<String>,
    /// The number of entries so far, of any kind.
    seen: usize,
}

impl Listing {
    fn of(root: &Path, wrapping: usize) -> Self {
        // `learner.rs` is in `src` in the quest's folder.
        let deepest = wrapping + 2;
        let mut listing = Self::default();
        let mut folders = vec![(String::new(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            match listing.add(root, &folder) {
                Ok(inner) if depth < deepest => folders.extend(inner.into_iter().map(|path| (path, depth + 1))),
                // Nothing in them counts. They are kept for the message that says so.
                Ok(inner) => listing.paths.extend(inner.into_iter().map(|path| path + "/")),
                Err(error) if folder.is_empty() => {
                    listing.problems.push(format!("the submission {}", open::unreadable(&error)));
                }
                Err(error) => listing.problems.push(format!("`{}` {}", shown(&folder), open::unreadable(&error))),
            }
            if listing.seen > MOST_ENTRIES {
                listing.problems =
                    vec![format!("the submission contains more than {MOST_ENTRIES} files; hand in only the quests")];
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
            // No quest has a name that is not Unicode.
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

#[cfg(test)]
mod tests {
    use super::super::tests::{Folder, packages};
    use super::*;

    fn files(folder: &Folder) -> Result<Files, String> {
        read(&folder.path(), &packages())
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
        folder.file("homework.txt", "later");
        assert_eq!(files(&folder), Ok(Files::new()));
    }

    #[test]
    fn a_quest_that_lies_too_deep_is_not_passed_over_in_silence() {
        let folder = Folder::new("deep");
        folder.file("a/b/c/d/e/f/g/quest-03-queue/src/learner.rs", "");
        let problem = files(&folder).unwrap_err();
        assert!(problem.contains("`a/b/c/d/e/f/g/` is deeper"), "{problem}");
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
        let problem = read(&folder.path().join("gone"), &packages()).unwrap_err();
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
            assert_eq!(files(&folder), Ok(Files::new()));
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
