//! Decides what to do about each event. It has no side effects, so every decision can be tested.
//!
//! [`keys`]: what the keys do; [`bindings`]: what they are called; [`list`]: the list of quests to jump to.

mod bindings;
mod keys;
pub mod list;
#[cfg(test)]
mod tests;

use crate::event::{Effect, FileContent, FileContents, VerdictView, View, WatchEvent};
pub use bindings::{Binding, KEYS};
use list::QuestList;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use xtask::engine::verdict::Judgement;

/// How long a file may be absent without being missing: editors replace files.
pub const GRACE: Duration = Duration::from_secs(1);

/// How often to look for a file that is absent.
pub const SOON: Duration = Duration::from_millis(50);

/// The whole state of `watch`.
#[derive(Debug)]
pub struct StateMachine {
    /// The last verdict on every quest that was judged.
    pub verdicts: BTreeMap<u32, Judgement>,
    pub mode: InputMode,
    pub busy: Option<Busy>,
    /// The number of the last check that was started.
    pub check: u32,
    course: Vec<QuestNode>,
    /// The quest to show instead of the first unfinished one.
    chosen: Option<u32>,
    /// The files' content when they were last read.
    contents: FileContents,
    /// Files that are absent, and since when.
    absent: BTreeMap<u32, Duration>,
    /// Quests to be judged because their files have changed.
    due: BTreeSet<u32>,
    /// Quests to be judged after those, because they run on code that has changed.
    behind: BTreeSet<u32>,
    /// Quests that were saved since their last verdict was shown.
    saved: BTreeSet<u32>,
    /// The quest whose demo is to run after the check.
    wanted: Option<u32>,
}

/// A quest, and what depends on it.
#[derive(Debug, Clone)]
pub struct QuestNode {
    pub number: u32,
    /// The quests that run on this one's code.
    pub dependents: Vec<u32>,
}

/// What keys are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputMode {
    Watching,
    Choosing(QuestList),
    /// Asks whether to restore this quest's stub.
    Asking(u32),
}

/// What the worker is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Busy {
    Checking { whole: bool },
    Demo { ending: bool },
}

impl StateMachine {
    pub fn new(course: Vec<QuestNode>, chosen: Option<u32>) -> Self {
        Self {
            verdicts: BTreeMap::new(),
            mode: InputMode::Watching,
            busy: None,
            check: 0,
            course,
            chosen,
            contents: FileContents::new(),
            absent: BTreeMap::new(),
            due: BTreeSet::new(),
            behind: BTreeSet::new(),
            saved: BTreeSet::new(),
            wanted: None,
        }
    }

    pub fn handle(&mut self, event: WatchEvent) -> Vec<Effect> {
        match event {
            WatchEvent::Key(key) => self.key(key),
            WatchEvent::FilesRead { contents, now } => {
                let mut effects = self.compare(&contents, now);
                effects.extend(self.next_job());
                effects
            }
            WatchEvent::Judged { verdicts, contents, now } => {
                let mut effects = self.compare(&contents, now);
                effects.extend(self.judged(verdicts));
                effects.extend(self.next_job());
                effects
            }
            WatchEvent::Failed => {
                self.busy = None;
                vec![Effect::PrintLine("Press c to try again.".into())]
            }
            WatchEvent::DemoEnded => {
                self.busy = None;
                self.next_job()
            }
        }
    }

    /// The current quest: the chosen one, or else the first unfinished one, or else the last.
    pub fn focus(&self) -> u32 {
        let numbers = || self.course.iter().map(|quest| quest.number);
        let unfinished = numbers().find(|number| !self.is_green(*number));
        self.chosen.or(unfinished).or(self.course.last().map(|quest| quest.number)).expect("a course has quests")
    }

    pub fn is_green(&self, quest: u32) -> bool {
        self.verdicts.get(&quest).is_some_and(Judgement::is_green)
    }

    /// Compares the files with their content before.
    fn compare(&mut self, contents: &FileContents, now: Duration) -> Vec<Effect> {
        let mut effects = Vec::new();
        for QuestNode { number, dependents } in &self.course {
            let content = contents.get(number).copied().unwrap_or(FileContent::Missing);
            let before = self.contents.get(number).copied();
            if content == FileContent::Missing && matches!(before, Some(FileContent::Hash(_))) {
                let since = *self.absent.entry(*number).or_insert(now);
                if now.saturating_sub(since) < GRACE {
                    effects = vec![Effect::ReadFilesAfter(SOON)];
                    continue;
                }
            }
            self.absent.remove(number);
            if before == Some(content) {
                continue;
            }
            self.contents.insert(*number, content);
            self.due.insert(*number);
            if before.is_some() {
                self.saved.insert(*number);
                self.behind.extend(dependents);
            }
        }
        effects
    }

    /// Starts the next job if the worker is free.
    fn next_job(&mut self) -> Vec<Effect> {
        if self.busy.is_some() {
            return Vec::new();
        }
        if let Some(quest) = self.wanted.take() {
            self.busy = Some(Busy::Demo { ending: false });
            return vec![Effect::Demo(quest)];
        }
        // What was saved comes first: the learner waits for its verdict.
        let next = if self.due.is_empty() { &mut self.behind } else { &mut self.due };
        let quests: Vec<u32> = std::mem::take(next).into_iter().collect();
        if quests.is_empty() {
            return Vec::new();
        }
        self.behind.retain(|quest| !quests.contains(quest));
        self.check += 1;
        self.busy = Some(Busy::Checking { whole: quests.len() == self.course.len() });
        vec![Effect::Check(quests)]
    }

    /// Stores new verdicts, and decides which of them to show.
    fn judged(&mut self, verdicts: Vec<(u32, Judgement)>) -> Vec<Effect> {
        let whole = self.busy.take() == Some(Busy::Checking { whole: true });
        let judged: Vec<u32> = verdicts.iter().map(|(quest, _)| *quest).collect();
        let changed: Vec<u32> = verdicts
            .iter()
            .filter(|(quest, new)| self.verdicts.get(quest).is_none_or(|old| old.points() != new.points()))
            .map(|(quest, _)| *quest)
            .collect();
        let passed: Vec<u32> = verdicts
            .iter()
            .filter(|(quest, new)| new.is_green() && !self.is_green(*quest))
            .map(|(quest, _)| *quest)
            .collect();
        self.verdicts.extend(verdicts);
        if whole {
            self.saved.retain(|quest| self.due.contains(quest));
            let all = View::Course;
            return vec![self.show(self.chosen.map_or(all, View::Quest))];
        }
        let mut effects = Vec::new();
        for quest in judged {
            if self.due.contains(&quest) {
                // It was saved again meanwhile: the verdict that counts is still to come.
                effects.push(self.show(View::Line(quest)));
                effects.push(Effect::PrintLine("The file was saved again, so it will be checked again.".into()));
            } else if self.saved.remove(&quest) {
                effects.extend(self.show_saved(quest, passed.contains(&quest)));
            } else if changed.contains(&quest) {
                effects.push(self.show(View::Line(quest)));
            }
        }
        effects
    }

    /// Shows the quest that was saved: the learner is working on it.
    fn show_saved(&mut self, quest: u32, passed: bool) -> Vec<Effect> {
        let is_done = self.course.iter().all(|quest| self.is_green(quest.number));
        if passed && is_done {
            self.chosen = None;
            return vec![self.show_passed(View::Course, quest)];
        }
        if passed {
            self.chosen = None;
            return vec![self.show_passed(View::Quest(self.focus()), quest)];
        }
        if quest != self.focus() {
            self.chosen = Some(quest);
        }
        vec![self.show(View::Quest(quest))]
    }

    fn show(&self, what: View) -> Effect {
        Effect::Show(VerdictView { check: self.check, what, passed: None })
    }

    fn show_passed(&self, what: View, quest: u32) -> Effect {
        Effect::Show(VerdictView { check: self.check, what, passed: Some(quest) })
    }
}
