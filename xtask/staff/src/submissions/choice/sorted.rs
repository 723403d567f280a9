//! The files of a submission, by what they are.

use super::super::contents::SourceFile;
use super::super::course_files::Area;
use super::super::known::{KnownQuest, Recognized, recognize};
use super::super::layout::{QuestLayout, QuestPath};
use super::order::Candidate;
use super::{is_utf_16, some_of};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Sorted<'a> {
    /// By quest.
    pub candidates: BTreeMap<u32, Vec<Candidate<'a>>>,
    /// Files that contain several quests.
    pub mixed: Vec<(&'a SourceFile, Vec<u32>)>,
    /// Files that are no quest.
    pub unknown: Vec<&'a SourceFile>,
    pub remarks: Vec<String>,
    /// Files that contain quests where the course has other files of its own.
    displaced: Vec<(Area, &'a SourceFile, Vec<u32>)>,
}

impl<'a> Sorted<'a> {
    pub fn of(files: &'a [SourceFile], quests: &[KnownQuest]) -> Self {
        let mut sorted = Self::default();
        for file in files {
            sorted.add(file, quests);
        }
        sorted.place_displaced();
        sorted
    }

    fn add(&mut self, file: &'a SourceFile, quests: &[KnownQuest]) {
        let place = QuestPath::of(&file.path);
        let named = place
            .as_ref()
            .and_then(|place| quests.iter().find(|quest| quest.package == place.package))
            .map(|quest| quest.number);
        let is_stub = quests.iter().any(|quest| quest.is_stub(&file.content));
        let is_in_place = place.as_ref().is_some_and(|place| place.form == QuestLayout::Package);
        if is_in_place && let Some(number) = named {
            return self.candidates.entry(number).or_default().push(Candidate { file, place, is_stub });
        }
        let recognized = recognize(&file.content, quests);
        if let Some(area) = Area::of(&file.path) {
            let numbers = match recognized {
                // It may be a quest, and nobody can tell.
                Recognized::Nothing if is_utf_16(file) => return self.unknown.push(file),
                Recognized::Nothing => return,
                Recognized::One(number) => vec![number],
                Recognized::Several(several) => several,
            };
            if !quests.iter().any(|quest| quest.is_the_courses(&file.content)) {
                self.displaced.push((area, file, numbers));
            }
            return;
        }
        let number = match recognized {
            Recognized::One(number) => Some(number),
            Recognized::Several(several) => match named.filter(|number| several.contains(number)) {
                None => return self.mixed.push((file, several)),
                named => named,
            },
            Recognized::Nothing => named,
        };
        let Some(number) = number else { return self.unknown.push(file) };
        if let Some(named) = named.filter(|named| *named != number) {
            self.remarks.push(format!(
                "`{}` is named after quest {named}, but it contains quest {number}, so it counts as that",
                file.shown()
            ));
        }
        let place = place.filter(|_| named == Some(number));
        self.candidates.entry(number).or_default().push(Candidate { file, place, is_stub });
    }

    /// What a learner wrote into a file of the course's counts where there is no other work for the quest. In
    /// `solutions`, it counts only where there is no other file at all: it may be the solution of another version of
    /// the course.
    fn place_displaced(&mut self) {
        let mut displaced = std::mem::take(&mut self.displaced);
        displaced.sort_by_key(|(area, ..)| *area);
        let mut left = Vec::new();
        for same_area in displaced.chunk_by(|one, other| one.0 == other.0) {
            let is_taken = |sorted: &Self, area: Area, number: &u32| {
                let others = sorted.candidates.get(number);
                others.is_some_and(|others| area == Area::Rest || others.iter().any(|other| !other.is_stub))
            };
            let (placed, others): (Vec<_>, Vec<_>) = same_area
                .iter()
                .partition(|(area, _, numbers)| matches!(numbers[..], [number] if !is_taken(self, *area, &number)));
            for (_, file, numbers) in placed {
                self.remarks.push(format!(
                    "`{}` contains quest {}, although the course has another file there",
                    file.shown(),
                    numbers[0]
                ));
                self.candidates.entry(numbers[0]).or_default().push(Candidate { file, place: None, is_stub: false });
            }
            left.extend(others.iter().map(|(_, file, _)| format!("`{}`", file.shown())));
            let mixed = others.iter().filter(|(area, _, numbers)| *area == Area::Quest && numbers.len() > 1);
            self.mixed.extend(mixed.map(|(_, file, numbers)| (*file, numbers.clone())));
        }
        if !left.is_empty() {
            self.remarks.push(format!(
                "Not counted, although they contain quests, since the course has files of its own there: {}",
                some_of(&left)
            ));
        }
    }
}
