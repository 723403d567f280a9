//! Which file counts for each quest, and what to say about the others.
//!
//! A file at its place in the course, `quest-NN-name/src/learner.rs`, is that quest's, as in `check`. Any other file is known by its
//! content first, and then by its name. Of several files for one quest in one archive, one at a place that the course knows counts
//! before a loose one; then the newest; then the one with the highest number in its name, as in `learner (2).rs`. Of
//! several archives, the newest file counts. The unchanged stub counts only where there is nothing else.

mod order;
mod sorted;
#[cfg(test)]
mod tests;

use super::contents::{Contents, SourceFile};
use super::known::KnownQuest;
use super::layout::{Files, looks_like_work, shown, why_nothing, without_skipped};
use super::source::HandIn;
use crate::model::Intake;
use order::the_one_that_counts;
use sorted::Sorted;
use std::collections::BTreeSet;

/// The quests in `contents`.
pub fn choose(contents: &Contents, quests: &[KnownQuest]) -> HandIn {
    let mut sorted = Sorted::of(&contents.sources, quests);
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
    // An unchanged stub is no work: what is elsewhere may be.
    let is_stub = |content: &[u8]| quests.iter().any(|quest| quest.is_stub(content));
    let has_work = |files: &Files, number: u32| files.get(&number).is_some_and(|content| !is_stub(content));
    if let Some((file, several)) =
        sorted.mixed.iter().find(|(_, several)| several.iter().any(|number| !has_work(&files, *number)))
    {
        return HandIn::without_score(Intake::Undecided, mixed(file, several));
    }
    let (utf_16, unknown): (Vec<&SourceFile>, Vec<_>) = sorted.unknown.iter().partition(|file| is_utf_16(file));
    let mut unread = contents.unread.clone();
    unread.extend(utf_16.iter().map(|file| format!("`{}` is UTF-16: save it as UTF-8", file.shown())));
    if files.is_empty() {
        return nothing_recognized(contents, unread);
    }
    if !unread.is_empty() {
        files.retain(|_, content| !is_stub(content));
    }
    if files.is_empty() {
        let why = format!("Nothing could be read but unchanged stubs. {}", limited(unread).join(". "));
        return HandIn::without_score(Intake::NotRecognized, why);
    }
    let is_whole = quests.iter().all(|quest| has_work(&files, quest.number));
    let unknown =
        unknown.iter().map(|file| format!("`{}` is not the file of any quest, so it does not count", file.shown()));
    let mixed = sorted.mixed.iter().map(|(file, _)| {
        format!("`{}` contains several quests, and each is in another file, too, so it does not count", file.shown())
    });
    let (mut hand_in, mut remarks) = (HandIn::of(files), sorted.remarks);
    remarks.extend(limited(mixed.collect()));
    remarks.extend(limited(unknown.collect()));
    remarks.extend(limited(unread.clone()));
    if !is_whole && !unread.is_empty() {
        remarks.push("Quests that were not found have no score: they may be in what was not read".to_owned());
        hand_in.unread = Some(limited(unread).join(". "));
    }
    if !is_whole {
        remarks.extend(not_looked_at(contents.skipped.iter().filter(|path| looks_like_work(path))));
    }
    hand_in.remarks = remarks;
    hand_in
}

/// How many files or reasons a sentence names.
const NAMED: usize = 3;

fn nothing_recognized(contents: &Contents, unread: Vec<String>) -> HandIn {
    let mut names: Vec<String> = contents.sources.iter().map(SourceFile::shown).collect();
    names.extend(contents.others.iter().map(|path| shown(path)));
    if names.is_empty() && contents.skipped.is_empty() {
        return HandIn::of(Files::new());
    }
    names.sort();
    let place = if names.is_empty() { String::new() } else { format!(" in: {}", some_of(&names)) };
    let mut why = vec![format!("No quest was recognized{place}")];
    why.extend(limited(unread));
    why.extend(not_looked_at(&contents.skipped));
    why.extend(why_nothing(&contents.others));
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

/// That these paths were skipped because of a name in them. Of a folder without anything like a quest, only its name is
/// said.
fn not_looked_at<'a>(paths: impl IntoIterator<Item = &'a String>) -> Option<String> {
    let cut = |path: &'a String| if looks_like_work(path) { path } else { without_skipped(path) };
    let names: BTreeSet<&str> = paths.into_iter().map(cut).collect();
    let names: Vec<String> = names.into_iter().map(|path| format!("`{}`", shown(path))).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Not looked at, since `target`, `node_modules`, `__MACOSX` and names that begin with a dot never count: {}",
            some_of(&names)
        )
    })
}

fn is_utf_16(file: &SourceFile) -> bool {
    file.content.starts_with(&[0xff, 0xfe]) || file.content.starts_with(&[0xfe, 0xff])
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
