//! Reads the learner's files, and watches them for changes.

use crate::event::{FileContent, FileContents};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;
use xtask::course::Course;

/// How often to read the files in addition to the system's change events.
#[derive(Debug)]
pub struct PollSchedule {
    pub pause: Duration,
    /// Reports changes while it exists.
    _watcher: Option<RecommendedWatcher>,
}

/// With change events: some file systems never send them, such as network file systems.
const POLL_WITH_EVENTS: Duration = Duration::from_secs(2);

/// Without change events.
const POLL_WITHOUT_EVENTS: Duration = Duration::from_millis(200);

/// Calls `on_change` when files may have changed, if the system can report it. Otherwise the files are read more often.
pub fn watch(course: &Course, poll: bool, on_change: impl Fn() + Send + 'static) -> PollSchedule {
    let watcher = if poll { None } else { watcher(course, on_change).ok() };
    PollSchedule { pause: if watcher.is_some() { POLL_WITH_EVENTS } else { POLL_WITHOUT_EVENTS }, _watcher: watcher }
}

fn watcher(course: &Course, on_change: impl Fn() + Send + 'static) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading, as cargo does, is not a change. An error may hide one.
        if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
            on_change();
        }
    })?;
    for quest in &course.quests {
        let learner = quest.learner();
        // The folder, not the file: an editor may replace the file.
        let folder = learner.parent().expect("a learner's file has a folder");
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

/// The current content of every learner's file.
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
