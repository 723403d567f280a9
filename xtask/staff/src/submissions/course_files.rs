//! The course's own files in a submission. They are nobody's work, unless a learner has written a quest into one.

use super::layout::{ends_with, is_skipped, package};
use anyhow::Context as _;
use std::fs;
use std::path::Path;

/// Where the course has files that no learner is asked to edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// A quest's folder: `quest-03-queue/src/lib.rs`.
    Quest,
    /// `solutions`, `timeline` or `xtask`. Another version of the course has other programs there, and they are no
    /// learner's either.
    Rest,
}

impl Area {
    /// Where `path` is, if the course itself contains a file like this.
    pub fn of(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').collect();
        let within = |folder: &str, inner: &[&str]| {
            names.windows(2).any(|pair| pair[0] == folder && (inner.is_empty() || inner.contains(&pair[1])))
        };
        let is_in_a_quest = names.iter().rev().skip(1).any(|name| package(name).is_some());
        let is_work = names.last().is_some_and(|name| name.to_ascii_lowercase().contains("learner"));
        let is_rest = within("timeline", &["src", "observe", "tests", "benches", "examples"])
            || within("xtask", &["src", "staff", "watch", "tests", "benches"])
            || within("solutions", &["src", "alternatives", "wrong", "tests"]);
        let is_quests = is_in_a_quest
            && (within("tests", &[])
                || within("examples", &[])
                || (!is_work && QUEST_FILES.iter().any(|file| path.ends_with(file))));
        if is_rest { Some(Self::Rest) } else { is_quests.then_some(Self::Quest) }
    }
}

const QUEST_FILES: [&str; 3] = ["/stub.rs", "/src/lib.rs", "/src/main.rs"];

/// The content of every file that the course at `root` has in these places.
pub fn contents(root: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut contents = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let unreadable = || format!("the course's files in {} cannot be read", path.display());
        for entry in fs::read_dir(&path).with_context(unreadable)? {
            let entry = entry.with_context(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let inner = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if entry.file_type().with_context(unreadable)?.is_dir() {
                folders.extend((!is_skipped(&name)).then_some(inner));
            } else if ends_with(&inner, ".rs") && Area::of(&inner).is_some() {
                let path = entry.path();
                contents.push(fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?);
            }
        }
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_courses_own_places_are_known() {
        for path in [
            "quest-03-queue/stub.rs",
            "a/quest-03-queue/src/lib.rs",
            "quest-07-periodic/periodic-on-your-loop/tests/quest.rs",
        ] {
            assert_eq!(Area::of(path), Some(Area::Quest), "{path}");
        }
        for path in ["solutions/src/quest_03_queue.rs", "timeline/src/lib.rs"] {
            assert_eq!(Area::of(path), Some(Area::Rest), "{path}");
        }
        for path in ["learner.rs", "stub.rs", "src/main.rs", "quest-03-queue/old learner.rs", "solutions/q3.rs"] {
            assert_eq!(Area::of(path), None, "{path}");
        }
    }
}
