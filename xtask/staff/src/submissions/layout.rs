//! Where the quests of a submission may be, and which file counts if there are several.
//!
//! Paths are relative to the submission, with `/` between names on every system.

use crate::text::escape::escape;
use std::collections::BTreeMap;
use std::path::Path;

/// The content of `learner.rs` by quest number, for each quest that was handed in.
pub type Files = BTreeMap<u32, Vec<u8>>;

/// How many folders may wrap the quests: GitHub's archives have one, the Finder and Moodle may each add another.
pub const DEEPEST_WRAPPING: usize = 4;

/// For each quest, the index of the path that counts. `packages` are the course's: `(3, "quest-03-queue")`.
///
/// The path with the fewest wrapping folders counts, and among those `src/learner.rs` before the shorter forms. If two paths are
/// equal in both, the result is a message for the learner.
pub fn choose(paths: &[String], packages: &[(u32, String)]) -> Result<BTreeMap<u32, usize>, String> {
    let mut chosen = BTreeMap::new();
    for (number, package) in packages {
        let mut places: Vec<(QuestPath, usize)> = paths
            .iter()
            .enumerate()
            .filter_map(|(index, path)| Some((QuestPath::of(path).filter(|place| place.package == *package)?, index)))
            .collect();
        places.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| paths[*a].cmp(&paths[*b])));
        match places.as_slice() {
            [] => {}
            [(first, a), (second, b), ..] if first == second => {
                return Err(format!(
                    "`{}` and `{}` are both for quest {number}; only one of them can be graded",
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

/// The number of folders that wrap the quest at `path`, if it is a quest of any course.
pub fn wrapping(path: &str) -> Option<usize> {
    QuestPath::of(path).map(|place| place.wrapping)
}

/// Whether nothing below this name is ever handed in: hidden files, files of the operating system, build output.
pub fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name == "target"
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
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct QuestPath {
    /// The number of wrapping folders.
    wrapping: usize,
    form: QuestLayout,
    package: String,
}

/// How a quest may be handed in, the preferred layout first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum QuestLayout {
    /// `quest-03-queue/src/learner.rs`
    Package,
    /// `quest-03-queue/learner.rs`
    Folder,
    /// `quest-03-queue.rs`
    File,
}

impl QuestPath {
    fn of(path: &str) -> Option<Self> {
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

/// The files; if there are none, a message if a path may have been meant as a quest.
pub fn or_why_nothing(files: Files, paths: &[String]) -> Result<Files, String> {
    match why_nothing(paths).filter(|_| files.is_empty()) {
        Some(why) => Err(why),
        None => Ok(files),
    }
}

/// Why none of these paths is a quest, if one of them may have been meant as one.
fn why_nothing(paths: &[String]) -> Option<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort();
    if paths.iter().any(|path| wrapping(path).is_some()) {
        // A quest of another course.
        return None;
    }
    if let Some(path) = paths.iter().find(|path| ARCHIVES.iter().any(|ending| name(path).ends_with(ending))) {
        return Some(format!(
            "it contains no quest, but the archive `{}`: unpack that archive, and hand in its content",
            shown(path)
        ));
    }
    let is_bare = |path: &&&String| {
        path.strip_suffix("HEAD").is_some_and(|root| {
            (root.is_empty() || root.ends_with('/'))
                && ["objects/", "refs/", "packed-refs", "config"].iter().any(|part| {
                    paths.iter().any(|other| other.strip_prefix(root).is_some_and(|rest| rest.starts_with(part)))
                })
        })
    };
    if paths.iter().find(is_bare).is_some() {
        return Some("it is a bare git repository, which contains no working files: hand in a checkout of it".into());
    }
    // Wrapping folders, the quest's folder, `src`, and a file.
    let is_deep = |path: &&&String| path.split('/').count() > DEEPEST_WRAPPING + 3;
    if let Some(learner) = paths.iter().find(|path| name(path) == "learner.rs" && !is_deep(path)) {
        return Some(format!(
            "`{}` belongs to no quest: its folder must have the same name as in the course, such as `quest-03-queue`",
            shown(learner)
        ));
    }
    if let Some(path) = paths.iter().find(is_deep) {
        return Some(format!(
            "it contains no quest within {DEEPEST_WRAPPING} folders, and `{}` is deeper: hand in the folder with the quests",
            shown(path)
        ));
    }
    let file = paths.iter().find(|path| Path::new(&name(path)).extension().is_some_and(|end| end == "rs"))?;
    Some(format!(
        "`{}` belongs to no quest: a single file must be named after its quest, such as `quest-03-queue.rs`",
        shown(file)
    ))
}

/// The extensions of archives, whether the grader can read them or not.
const ARCHIVES: [&str; 11] = [".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".bundle", ".cab"];

/// The package that `name` stands for, of any course: `quest_03_Queue` is `quest-03-queue`.
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
            "QUEST-03-QUEUE/SRC/LEARNER.RS",
            "Quest-03-Queue/LEARNER.rs",
            "Quest_03_Queue.RS",
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
    fn without_a_quest_the_likely_mistake_is_reported() {
        let why = |paths: &[&str]| why_nothing(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        for archive in ["a/inner.zip", "inner.TAR.GZ", "x.7z", "repo.bundle"] {
            assert!(why(&["README.md", archive]).is_some_and(|why| why.contains(archive)), "{archive}");
        }
        for bare in [&["HEAD", "config", "objects/pack/x"], &["a/HEAD", "a/refs/heads/main", "a/x"]] {
            assert!(why(bare).is_some_and(|why| why.contains("bare git repository")), "{bare:?}");
        }
        assert!(why(&["src/learner.rs"]).is_some_and(|why| why.contains("`src/learner.rs` belongs to no quest")));
        assert!(why(&["src/queue.rs"]).is_some_and(|why| why.contains("`src/queue.rs` belongs to no quest")));
        for deep in ["a/b/c/d/e/f/g/", "a/b/c/d/e/quest-03-queue/src/learner.rs"] {
            assert!(why(&["README.md", deep]).is_some_and(|why| why.contains("is deeper")), "{deep}");
        }
        for paths in [&["README.md"][..], &[], &["HEAD"], &["a/HEAD", "b/config"], &["quest-99-other.rs", "x.zip"]] {
            assert_eq!(why(paths), None, "{paths:?}");
        }
    }

    #[test]
    fn names_are_shown_without_what_could_play_with_a_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(shown(&"x".repeat(300)).chars().count(), 201);
    }
}
