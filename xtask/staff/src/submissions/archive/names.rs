//! The names of an archive's entries: each a path inside the submission, each once.

use super::super::layout::shown;
use super::limits::{MOST_ENTRIES, too_many};
use std::collections::HashSet;

/// The names so far, in the order of the archive.
#[derive(Debug, Default)]
pub struct EntryNames {
    /// Cleaned: relative, with `/`. A folder's, too, so that the index is the entry's.
    pub paths: Vec<String>,
    files: HashSet<String>,
}

impl EntryNames {
    /// Adds the name of the next entry, or says why the archive is refused.
    pub fn add(&mut self, name: &str, is_folder: bool) -> Result<(), String> {
        if self.paths.len() == MOST_ENTRIES {
            return Err(too_many());
        }
        let path = clean(name)?;
        // A folder may be named before each of its files; that is harmless.
        if !is_folder && !self.files.insert(path.clone()) {
            return Err(format!("the archive holds `{}` twice", shown(&path)));
        }
        // No quest has an empty name.
        self.paths.push(if is_folder { String::new() } else { path });
        Ok(())
    }
}

/// The path that an entry's name stands for, without empty names and dots.
fn clean(name: &str) -> Result<String, String> {
    let refused = |why: &str| Err(format!("the archive holds `{}`, which {why}", shown(name)));
    if name.contains('\0') {
        return refused("is no name of a file");
    }
    // Old versions of Windows' PowerShell write `\` between all names. Nobody honest writes both.
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
            ".." => return refused("leads out of it"),
            part if has_drive(part) => return refused("names a drive"),
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
    fn names_that_lead_elsewhere_are_refused_with_the_reason() {
        for (name, why) in [
            ("../x", "leads out of it"),
            ("a/../../x", "leads out of it"),
            ("a/..", "leads out of it"),
            ("..\\x", "leads out of it"),
            ("/etc/passwd", "is an absolute path"),
            ("\\\\server\\share", "is an absolute path"),
            ("C:/x", "names a drive"),
            ("c:x", "names a drive"),
            ("a\\D:\\x", "names a drive"),
            ("a/..\\..\\x", "mixes"),
            ("a\0.rs", "is no name"),
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
        assert_eq!(names.add("./a/b", false), Err("the archive holds `a/b` twice".to_owned()));
        assert_eq!(names.paths, ["", "a/b", ""]);
    }
}
