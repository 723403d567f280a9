//! The names of an archive's entries. Each must be a unique path inside the submission.

use super::super::layout::shown;
use super::limits::{MOST_ENTRIES, too_many};
use std::collections::HashSet;

/// The names so far, in the order of the archive.
#[derive(Debug, Default)]
pub struct EntryNames {
    /// Normalized: relative, with `/`. Folders are included, so that indices are those of entries.
    pub paths: Vec<String>,
    files: HashSet<String>,
}

impl EntryNames {
    /// Adds the name of the next entry, or returns why the archive is rejected.
    pub fn add(&mut self, name: &str, is_folder: bool) -> Result<(), String> {
        if self.paths.len() == MOST_ENTRIES {
            return Err(too_many());
        }
        let path = clean(name)?;
        // The same folder may occur before each of its files; that is harmless.
        if !is_folder && !self.files.insert(path.clone()) {
            return Err(format!("the archive contains `{}` twice", shown(&path)));
        }
        // No quest has an empty name.
        self.paths.push(if is_folder { String::new() } else { path });
        Ok(())
    }
}

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
        names.add("a/", true).unwrap();
        names.add("a/b", false).unwrap();
        names.add("a/", true).unwrap();
        assert_eq!(names.add("./a/b", false), Err("the archive contains `a/b` twice".to_owned()));
        assert_eq!(names.paths, ["", "a/b", ""]);
    }
}
