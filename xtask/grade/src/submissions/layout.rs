//! Where the quests of a submission may be, and which file counts when there are several.
//!
//! Paths are relative to the submission, with `/` between names on every system.

use std::collections::BTreeMap;

/// How many folders may be wrapped around the quests: GitHub's archives have one, the Finder and Moodle may each add another.
pub const DEEPEST_WRAPPING: usize = 4;

/// Of the paths, the index of the one that counts for each quest. `packages` are the course's: `(3, "quest-03-queue")`.
///
/// The path with the fewest folders around it counts, and `src/learner.rs` before the shorter forms. Two that are equal in
/// that are an error in words.
pub fn choose(paths: &[String], packages: &[(u32, String)]) -> Result<BTreeMap<u32, usize>, String> {
    let mut chosen = BTreeMap::new();
    for (number, package) in packages {
        let mut places: Vec<(Place, usize)> = paths
            .iter()
            .enumerate()
            .filter_map(|(index, path)| Some((Place::of(path).filter(|place| place.package == *package)?, index)))
            .collect();
        places.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| paths[*a].cmp(&paths[*b])));
        match places.as_slice() {
            [] => {}
            [(first, a), (second, b), ..] if first == second => {
                return Err(format!(
                    "`{}` and `{}` could both be meant for quest {number}; only one of them can be graded",
                    shown(&paths[*a]),
                    shown(&paths[*b])
                ));
            }
            [(_, index), ..] => {
                chosen.insert(*number, *index);
            }
        }
    }
    Ok(chosen)
}

/// How many folders are around the quest at `path`, if it is one, of whichever course.
pub fn wrapping(path: &str) -> Option<usize> {
    Place::of(path).map(|place| place.wrapping)
}

/// Whether nothing below this name is ever handed in: what is hidden, what systems add, what cargo builds.
pub fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name == "target"
}

/// A name from a submission, fit for a sentence.
pub fn shown(name: &str) -> String {
    const LONGEST: usize = 200;
    let tame = |c: char| if c.is_control() || is_direction(c) { char::REPLACEMENT_CHARACTER } else { c };
    let mut text: String = name.chars().take(LONGEST).map(tame).collect();
    if name.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

/// Characters that turn the direction of writing, and with it the meaning of a name on a screen.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Where a quest's file is. The least counts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The number of folders around the quest.
    wrapping: usize,
    form: Form,
    package: String,
}

/// How a quest is handed in, best first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// `quest-03-queue/src/learner.rs`
    Package,
    /// `quest-03-queue/learner.rs`
    Folder,
    /// `quest-03-queue.rs`
    File,
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').collect();
        let (form, wrapping, quest) = match names.as_slice() {
            [wrapping @ .., quest, "src", "learner.rs"] => (Form::Package, wrapping, *quest),
            [wrapping @ .., quest, "learner.rs"] => (Form::Folder, wrapping, *quest),
            [wrapping @ .., file] => (Form::File, wrapping, file.strip_suffix(".rs")?),
            [] => return None,
        };
        if wrapping.len() > DEEPEST_WRAPPING || wrapping.iter().any(|name| is_skipped(name)) {
            return None;
        }
        Some(Self { wrapping: wrapping.len(), form, package: package(quest)? })
    }
}

/// The name of the package that `name` stands for, of whichever course: `quest_03_Queue` is `quest-03-queue`.
fn package(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let (number, rest) = name.strip_prefix("quest-")?.split_once('-')?;
    let is_number = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !rest.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(paths: &[&str]) -> Result<BTreeMap<u32, usize>, String> {
        let packages = [(3, "quest-03-queue".to_owned()), (4, "quest-04-sleep".to_owned())];
        choose(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>(), &packages)
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
            "a/b/c/d/quest-03-queue/src/learner.rs",
            "homework/quest_03_queue.rs",
        ] {
            assert_eq!(chosen(&["README.md", path]), Ok(BTreeMap::from([(3, 1)])), "{path}");
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
            "quest-05-gather/src/learner.rs",
            "target/quest-03-queue/src/learner.rs",
            "__MACOSX/quest-03-queue/src/learner.rs",
            "a/.course/quest-03-queue/learner.rs",
            "a/b/c/d/e/quest-03-queue/src/learner.rs",
            "",
        ] {
            assert_eq!(chosen(&[path]), Ok(BTreeMap::new()), "{path}");
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
    fn the_least_deep_counts_and_then_the_fullest_form() {
        let deeper = ["old/quest-03-queue/src/learner.rs", "quest-03-queue.rs"];
        assert_eq!(chosen(&deeper), Ok(BTreeMap::from([(3, 1)])));
        let forms = ["quest-03-queue.rs", "quest-03-queue/learner.rs", "quest-03-queue/src/learner.rs"];
        assert_eq!(chosen(&forms), Ok(BTreeMap::from([(3, 2)])));
        assert_eq!(chosen(&forms[..2]), Ok(BTreeMap::from([(3, 1)])));
    }

    #[test]
    fn quests_may_be_in_different_layouts() {
        let paths = ["a/quest-03-queue/src/learner.rs", "quest_04_sleep.rs"];
        assert_eq!(chosen(&paths), Ok(BTreeMap::from([(3, 0), (4, 1)])));
    }

    #[test]
    fn two_equal_places_are_an_error_that_names_both() {
        let problem = chosen(&["b/quest-03-queue/src/learner.rs", "a/quest-03-queue/src/learner.rs"]).unwrap_err();
        assert!(problem.starts_with("`a/quest-03-queue/src/learner.rs` and `b/quest-03-queue/src/"), "{problem}");
        assert!(problem.contains("quest 3"), "{problem}");
        assert!(chosen(&["quest-03-queue.rs", "quest_03_queue.rs"]).is_err());
    }

    #[test]
    fn names_are_shown_without_what_could_play_with_a_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(shown(&"x".repeat(300)).chars().count(), 201);
    }
}
