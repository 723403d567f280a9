//! The names of an archive's entries. Each must be a unique path inside the submission.

use super::super::contents::Budget;
use super::super::layout::{is_skipped, looks_like_work, shown};
use super::limits::{MOST_HEADERS, too_many};
use std::collections::HashSet;

/// The names of files so far.
#[derive(Debug, Default)]
pub struct EntryNames {
    files: HashSet<String>,
    entries: usize,
    /// The first paths that are skipped.
    pub skipped: Vec<String>,
}

impl EntryNames {
    /// The normalized path of the next entry, if it is a file that is not skipped; or why the archive is rejected.
    pub fn add(&mut self, name: &str, is_folder: bool, budget: &mut Budget) -> Result<Option<String>, String> {
        self.entries += 1;
        if self.entries > MOST_HEADERS {
            return Err(too_many());
        }
        let path = clean(name)?;
        if path.split('/').any(is_skipped) {
            if self.skipped.len() < MOST_SKIPPED || looks_like_work(&path) {
                self.skipped.push(path);
            }
            return Ok(None);
        }
        budget.entries = budget.entries.checked_sub(1).ok_or_else(too_many)?;
        // The same folder may occur before each of its files; that is harmless.
        if is_folder {
            return Ok(None);
        }
        if !self.files.insert(path.clone()) {
            return Err(format!("the archive contains `{}` twice", shown(&path)));
        }
        Ok(Some(path))
    }
}

/// How many skipped paths are kept, to name a few of them. Those that could be work are kept beside them.
const MOST_SKIPPED: usize = 100;

/// The normalized path of an entry, without empty names and dots.
fn clean(name: &str) -> Result<String, String> {
    let refused = |why: &str| Err(format!("the archive contains `{}`, which {why}", shown(name)));
    if name.contains('\0') {
        return refused("is not a valid file name");
    }
    // Old versions of PowerShell write `\` instead of `/`. No honest archive has both.
    let separator = match (name.contains('/'), name.contains('\\')) {
        (true, true) => return refused("mixes `/` and `\\`"),
        (false, true) => '\\',
        _ => '/',
    };
    if name.starts_with(separator) {
        return refused("is an absolute path");
    }
    let mut names = Vec::new();
    for part in name.split(separator) {
        match part {
            "" | "." => {}
            ".." => return refused("points outside the archive"),
            part if has_drive(part) => return refused("contains a drive letter"),
            part => names.push(part),
        }
    }
    Ok(names.join("/"))
}

/// `C:` or `C:file`
fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::budget;
    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (name, path) in [
            ("./quest-03-queue/src/learner.rs", "quest-03-queue/src/learner.rs"),
            ("a//b/./c", "a/b/c"),
            ("quest-03-queue\\src\\learner.rs", "quest-03-queue/src/learner.rs"),
            ("a..b/...", "a..b/..."),
            ("./", ""),
        ] {
            assert_eq!(clean(name).as_deref(), Ok(path), "{name}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_rejected_with_the_reason() {
        for (name, why) in [
            ("../x", "points outside the archive"),
            ("a/../../x", "points outside the archive"),
            ("a/..", "points outside the archive"),
            ("..\\x", "points outside the archive"),
            ("/etc/passwd", "is an absolute path"),
            ("\\\\server\\share", "is an absolute path"),
            ("C:/x", "contains a drive letter"),
            ("c:x", "contains a drive letter"),
            ("a\\D:\\x", "contains a drive letter"),
            ("a/..\\..\\x", "mixes"),
            ("a\0.rs", "is not a valid file name"),
        ] {
            let problem = clean(name).unwrap_err();
            assert!(problem.contains(why), "{name:?}: {problem}");
        }
    }

    #[test]
    fn a_file_may_occur_once_and_a_folder_often() {
        let mut names = EntryNames::default();
        let mut budget = budget();
        let mut add = |name: &str, is_folder| names.add(name, is_folder, &mut budget);
        assert_eq!(add("a/", true), Ok(None));
        assert_eq!(add("a/b", false), Ok(Some("a/b".to_owned())));
        assert_eq!(add("a/", true), Ok(None));
        assert_eq!(add("./a/b", false), Err("the archive contains `a/b` twice".to_owned()));
    }

    #[test]
    fn what_is_skipped_costs_no_entries() {
        let mut names = EntryNames::default();
        let mut budget = Budget { entries: 1, ..budget() };
        for name in ["a/target/debug/x", ".git/config", "__MACOSX/x", "node_modules/x/y", "._learner.rs"] {
            assert_eq!(names.add(name, false, &mut budget), Ok(None));
        }
        assert!(names.add("a", false, &mut budget).is_ok());
        assert_eq!(names.add("b", false, &mut budget), Err(too_many()));
    }
}
