//! Where the quests of a submission may be, and which file counts if there are several.
//!
//! Paths are relative to the submission, with `/` between names on every system.

use crate::text::escape::escape;
use std::collections::BTreeMap;

/// The content of `learner.rs` by quest number, for each quest that was handed in.
pub type Files = BTreeMap<u32, Vec<u8>>;

/// How many folders may wrap the quests: GitHub's archives have one, the Finder and Moodle may each add another.
pub const DEEPEST_WRAPPING: usize = 4;

/// The number of folders that wrap the quest at `path`, if it is a quest of any course.
pub fn wrapping(path: &str) -> Option<usize> {
    QuestPath::of(path).map(|place| place.wrapping)
}

/// Whether nothing below this name is ever handed in: hidden files, files of the operating system, build output.
pub fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "target" | "node_modules")
}

/// Whether the name ends like this, in any case.
pub fn ends_with(name: &str, ending: &str) -> bool {
    let at = name.len().checked_sub(ending.len());
    at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Whether a path that is skipped could be somebody's work, by its name. The runner keeps earlier files of the
/// learner's in `.course`.
pub fn looks_like_work(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let names_quest =
        name.len().checked_sub(3).and_then(|end| name.get(..end)).is_some_and(|stem| package(stem).is_some());
    ends_with(name, ".rs")
        && (names_quest || name.to_ascii_lowercase().contains("learner"))
        && !path.split('/').any(|name| name.starts_with("._") || matches!(name, ".git" | ".course"))
}

/// The path up to the first name that is skipped.
pub fn without_skipped(path: &str) -> &str {
    let mut end = 0;
    for name in path.split('/') {
        end += name.len();
        if is_skipped(name) {
            break;
        }
        end += 1;
    }
    path.get(..end).unwrap_or(path)
}

/// A name from a submission, safe to show in a message.
pub fn shown(name: &str) -> String {
    const LONGEST: usize = 200;
    let mut text = escape(&name.chars().take(LONGEST).collect::<String>());
    if name.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

/// The path of a quest's file. The smallest one counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuestPath {
    /// The number of wrapping folders.
    wrapping: usize,
    pub form: QuestLayout,
    pub package: String,
}

/// How a quest may be handed in, the preferred layout first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuestLayout {
    /// `quest-03-queue/src/learner.rs`
    Package,
    /// `quest-03-queue/learner.rs`
    Folder,
    /// `quest-03-queue.rs`
    File,
}

impl QuestPath {
    pub fn of(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').collect();
        let (form, wrapping, quest) = match names.as_slice() {
            [wrapping @ .., quest, src, file] if is(src, "src") && is(file, "learner.rs") => {
                (QuestLayout::Package, wrapping, *quest)
            }
            [wrapping @ .., quest, file] if is(file, "learner.rs") => (QuestLayout::Folder, wrapping, *quest),
            [wrapping @ .., file] => {
                let (stem, end) = file.split_at_checked(file.len().checked_sub(3)?)?;
                (QuestLayout::File, wrapping, Some(stem).filter(|_| is(end, ".rs"))?)
            }
            [] => return None,
        };
        if wrapping.len() > DEEPEST_WRAPPING || wrapping.iter().any(|name| is_skipped(name)) {
            return None;
        }
        Some(Self { wrapping: wrapping.len(), form, package: package(quest)? })
    }
}

/// File systems that ignore case may have changed it.
fn is(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

/// Why none of these paths is a quest, beyond what their names say.
pub fn why_nothing(paths: &[String]) -> Option<String> {
    let is_bare = |path: &&String| {
        path.strip_suffix("HEAD").is_some_and(|root| {
            (root.is_empty() || root.ends_with('/'))
                && ["objects/", "refs/", "packed-refs", "config"].iter().any(|part| {
                    paths.iter().any(|other| other.strip_prefix(root).is_some_and(|rest| rest.starts_with(part)))
                })
        })
    };
    if paths.iter().any(|path| is_bare(&path)) {
        return Some("it is a bare git repository, which contains no working files: hand in a checkout of it".into());
    }
    // Wrapping folders, the quest's folder, `src`, and a file.
    let deep = paths.iter().find(|path| path.split('/').count() > DEEPEST_WRAPPING + 3)?;
    Some(format!(
        "`{}` is deeper than {DEEPEST_WRAPPING} folders around the quests: hand in the folder with the quests",
        shown(deep)
    ))
}

/// The package that `name` stands for, of any course: `quest_03_Queue` is `quest-03-queue`.
pub fn package(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let (number, rest) = name.strip_prefix("quest-")?.split_once('-')?;
    let is_number = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !rest.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package_at(path: &str) -> Option<String> {
        QuestPath::of(path).map(|place| place.package)
    }

    #[test]
    fn a_quest_is_found_in_each_layout() {
        for path in [
            "quest-03-queue/src/learner.rs",
            "quest-03-queue/learner.rs",
            "quest-03-queue.rs",
            "quest_03_queue.rs",
            "Quest 03 Queue.rs",
            "event-loops-main/quest-03-queue/src/learner.rs",
            "QUEST-03-QUEUE/SRC/LEARNER.RS",
            "Quest-03-Queue/LEARNER.rs",
            "Quest_03_Queue.RS",
            "a/b/c/d/quest-03-queue/src/learner.rs",
            "homework/quest_03_queue.rs",
        ] {
            assert_eq!(package_at(path).as_deref(), Some("quest-03-queue"), "{path}");
        }
    }

    #[test]
    fn other_files_are_not_taken_for_a_quest() {
        for path in [
            "learner.rs",
            "src/learner.rs",
            "quest-03-queue/src/lib.rs",
            "quest-03-queue/src/main/learner.rs",
            "quest-03-queue",
            "quest-03.rs",
            "quest-3-queue.rs",
            "target/quest-03-queue/src/learner.rs",
            "__MACOSX/quest-03-queue/src/learner.rs",
            "a/.course/quest-03-queue/learner.rs",
            "a/b/c/d/e/quest-03-queue/src/learner.rs",
            "",
        ] {
            assert_eq!(package_at(path), None, "{path}");
        }
    }

    #[test]
    fn a_quest_of_whichever_course_is_known_by_its_number_and_name() {
        assert_eq!(wrapping("quest-99-other.rs"), Some(0));
        assert_eq!(wrapping("a/b/quest-99-other/learner.rs"), Some(2));
        for path in ["quest-3-queue.rs", "quest-003-queue.rs", "quest-xx-queue.rs", "quest-03-.rs", "queue.rs"] {
            assert_eq!(wrapping(path), None, "{path}");
        }
    }

    #[test]
    fn a_skipped_path_may_be_work() {
        for path in
            ["target/learner.rs", ".history/quest-03-queue/src/learner_2.rs", ".x/quest_03_queue.rs", ".Learner.rs"]
        {
            assert!(looks_like_work(path), "{path}");
        }
        for path in
            ["target/debug/build.rs", ".git/learner.rs", "._learner.rs", ".course/kept/learner.rs", "target/learner.o"]
        {
            assert!(!looks_like_work(path), "{path}");
        }
        assert_eq!(without_skipped("a/target/debug/x"), "a/target");
        assert_eq!(without_skipped(".learner.rs"), ".learner.rs");
    }

    #[test]
    fn names_are_shown_without_what_could_play_with_a_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(shown(&"x".repeat(300)).chars().count(), 201);
    }
}
