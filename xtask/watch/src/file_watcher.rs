//! The learners' files: what they hold, and news that they may have changed.

use crate::event::{FileContent, FileContents};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;
use xtask::course::Course;

/// When to look at the files, beside when the system tells of a change.
#[derive(Debug)]
pub struct PollSchedule {
    pub pause: Duration,
    /// Tells of changes as long as it lives.
    _watcher: Option<RecommendedWatcher>,
}

/// With a watcher: some file systems never tell, as those of a network or of another system.
const POLL_WITH_EVENTS: Duration = Duration::from_secs(2);

/// Without one.
const POLL_WITHOUT_EVENTS: Duration = Duration::from_millis(200);

/// Calls `on_change` when files may have changed, if the system can tell; else the files are looked at more often.
pub fn watch(course: &Course, poll: bool, on_change: impl Fn() + Send + 'static) -> PollSchedule {
    let watcher = if poll { None } else { watcher(course, on_change).ok() };
    PollSchedule { pause: if watcher.is_some() { POLL_WITH_EVENTS } else { POLL_WITHOUT_EVENTS }, _watcher: watcher }
}

fn watcher(course: &Course, on_change: impl Fn() + Send + 'static) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Cargo's reading is no change. An error may hide one.
        if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
            on_change();
        }
    })?;
    for quest in &course.quests {
        let learner = quest.learner();
        // The folder, not the file: an editor may put a new file in its place.
        let folder = learner.parent().expect("a learner's file has a folder");
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

/// What every learner's file holds now.
pub fn read_all(course: &Course) -> FileContents {
    course.quests.iter().map(|quest| (quest.number, content(&quest.learner()))).collect()
}

fn content(path: &std::path::Path) -> FileContent {
    match fs::read(path) {
        Ok(bytes) if !bytes.is_empty() => {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            FileContent::Hash(hasher.finish())
        }
        _ => FileContent::Missing,
    }
}
