//! Which file counts for each quest, and what to say about the others.
//!
//! A file at its place in the course, `quest-NN-name/src/learner.rs`, is that quest's, as in `check`. Any other file is known by its
//! content first, and then by its name. Of several files for one quest in one archive, one at a place that the course knows counts
//! before a loose one; then the newest; then the one with the highest number in its name, as in `learner (2).rs`. Of
//! several archives, the newest file counts.

use super::contents::{Contents, SourceFile};
use super::known::{KnownQuest, Recognized, recognize};
use super::layout::{Files, QuestLayout, QuestPath, is_of_the_course, shown, why_nothing};
use super::source::HandIn;
use crate::model::Intake;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The quests in `contents`.
pub fn choose(contents: Contents, quests: &[KnownQuest]) -> HandIn {
    let mut sorted = Sorted::default();
    for file in &contents.sources {
        sorted.add(file, quests);
    }
    let mut files = Files::new();
    for (number, candidates) in &sorted.candidates {
        match the_one_that_counts(*number, candidates) {
            Ok((file, remark)) => {
                files.insert(*number, file.content.clone());
                sorted.remarks.extend(remark);
            }
            Err(why) => return HandIn::without_score(Intake::Undecided, why),
        }
    }
    if let Some((file, several)) =
        sorted.mixed.iter().find(|(_, several)| several.iter().any(|number| !files.contains_key(number)))
    {
        return HandIn::without_score(Intake::Undecided, mixed(file, several));
    }
    if files.is_empty() {
        return nothing_recognized(&contents);
    }
    let unknown = sorted
        .unknown
        .iter()
        .map(|file| format!("`{}` is not the file of any quest, so it does not count", file.shown()));
    let (mut hand_in, mut remarks) = (HandIn::of(files), sorted.remarks);
    remarks.extend(limited(unknown.collect()));
    remarks.extend(limited(contents.unread));
    hand_in.remarks = remarks;
    hand_in
}

/// The files of a submission, by what they are.
#[derive(Default)]
struct Sorted<'a> {
    candidates: BTreeMap<u32, Vec<Candidate<'a>>>,
    mixed: Vec<(&'a SourceFile, Vec<u32>)>,
    unknown: Vec<&'a SourceFile>,
    remarks: Vec<String>,
}

struct Candidate<'a> {
    file: &'a SourceFile,
    /// Where the course knows the quest, if it is there.
    place: Option<QuestPath>,
}

impl<'a> Sorted<'a> {
    fn add(&mut self, file: &'a SourceFile, quests: &[KnownQuest]) {
        let place = QuestPath::of(&file.path);
        let named = place
            .as_ref()
            .and_then(|place| quests.iter().find(|quest| quest.package == place.package))
            .map(|quest| quest.number);
        let is_in_place = place.as_ref().is_some_and(|place| place.form == QuestLayout::Package);
        if is_in_place && let Some(number) = named {
            return self.candidates.entry(number).or_default().push(Candidate { file, place });
        }
        if is_of_the_course(&file.path) {
            return;
        }
        let number = match recognize(&file.content, quests) {
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
        self.candidates.entry(number).or_default().push(Candidate { file, place });
    }
}

/// The file that counts for a quest, with a remark if another one does not; or why nobody can say which.
fn the_one_that_counts<'a>(
    number: u32,
    candidates: &[Candidate<'a>],
) -> Result<(&'a SourceFile, Option<String>), String> {
    let mut by_archive: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates {
        by_archive.entry(&candidate.file.archive).or_default().push(candidate);
    }
    let best = by_archive.values().map(|files| first(number, files, by_place)).collect::<Result<Vec<_>, String>>()?;
    let file = first(number, &best, by_age)?.file;
    let mut others: Vec<String> = candidates
        .iter()
        .filter(|other| other.file.content != file.content)
        .map(|other| format!("`{}`", other.file.shown()))
        .collect();
    others.truncate(NAMED);
    let remark =
        format!("Of several files for quest {number}, `{}` counts, and not {}", file.shown(), others.join(", "));
    Ok((file, (!others.is_empty()).then_some(remark)))
}

/// The first in this order. If several are first and differ, nothing decides.
fn first<'a, 'b>(
    number: u32,
    candidates: &[&'b Candidate<'a>],
    order: fn(&Candidate, &Candidate) -> Ordering,
) -> Result<&'b Candidate<'a>, String> {
    let mut sorted = candidates.to_vec();
    sorted.sort_by(|one, other| order(one, other).then_with(|| one.file.path.cmp(&other.file.path)));
    let best = sorted[0];
    let differs = |other: &&&Candidate| order(best, other).is_eq() && other.file.content != best.file.content;
    match sorted.iter().find(differs) {
        None => Ok(best),
        Some(other) => Err(format!(
            "`{}` and `{}` are both for quest {number}; only one of them can be graded, and nothing says which one is newer. \
             Remove the other one",
            best.file.shown(),
            other.file.shown()
        )),
    }
}

fn by_place(one: &Candidate, other: &Candidate) -> Ordering {
    let rank = |candidate: &Candidate| (candidate.place.is_none(), candidate.place.clone());
    rank(one).cmp(&rank(other)).then_with(|| by_age(one, other))
}

/// The newest first. A file without a time is older than any other.
fn by_age(one: &Candidate, other: &Candidate) -> Ordering {
    let (of_one, of_other) = (copy_number(&one.file.path), copy_number(&other.file.path));
    let by_number = if of_one.0 == of_other.0 { of_other.1.cmp(&of_one.1) } else { Ordering::Equal };
    other.file.modified.cmp(&one.file.modified).then(by_number)
}

/// `learner (2).rs` and `learner-2.rs` are the second copies of `learner`; `learner.rs` is none.
fn copy_number(path: &str) -> (&str, u32) {
    let stem = path.get(..path.len().saturating_sub(3)).unwrap_or(path);
    let numbered = match stem.strip_suffix(')') {
        Some(stem) => stem.rsplit_once('('),
        None => stem.rsplit_once('-'),
    };
    let parsed = numbered.and_then(|(stem, number)| Some((stem.trim_end(), number.parse().ok()?)));
    parsed.unwrap_or((stem, 0))
}

/// How many files or reasons a sentence names.
const NAMED: usize = 3;

fn nothing_recognized(contents: &Contents) -> HandIn {
    let mut names: Vec<String> = contents.sources.iter().map(SourceFile::shown).collect();
    names.extend(contents.others.iter().map(|path| shown(path)));
    if names.is_empty() {
        names.extend(contents.skipped.iter().map(|path| shown(path)));
    }
    if names.is_empty() {
        return HandIn::of(Files::new());
    }
    names.sort();
    let mut why = vec![format!("No quest was recognized in: {}", some_of(&names))];
    why.extend(limited(contents.unread.clone()));
    why.extend(why_nothing(&contents.others));
    let utf_16 =
        |file: &&SourceFile| file.content.starts_with(&[0xff, 0xfe]) || file.content.starts_with(&[0xfe, 0xff]);
    if let Some(file) = contents.sources.iter().find(utf_16) {
        why.push(format!("`{}` is UTF-16: save it as UTF-8", file.shown()));
    }
    why.push(
        "A file is recognized by the public items of its quest, such as `pub fn` and `pub struct`, or by its name, \
         such as `quest_03_queue.rs`"
            .to_owned(),
    );
    HandIn::without_score(Intake::NotRecognized, why.join(". "))
}

/// `a, b, c and 4 more`
fn some_of(names: &[String]) -> String {
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

fn limited(mut sentences: Vec<String>) -> Vec<String> {
    if let Some(more) = sentences.len().checked_sub(NAMED).filter(|more| *more > 0) {
        sentences.truncate(NAMED);
        sentences.push(format!("The same is true of {more} more"));
    }
    sentences
}

fn mixed(file: &SourceFile, several: &[u32]) -> String {
    let numbers: Vec<String> = several.iter().map(u32::to_string).collect();
    format!(
        "`{}` contains the items of quests {}. Hand in one file for each quest, such as `quest_03_queue.rs`",
        file.shown(),
        numbers.join(", ")
    )
}

#[cfg(test)]
mod tests;
