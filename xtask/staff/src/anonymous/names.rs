//! Finds learners' names in free text: a teacher's comments, a compiler's messages and what a program printed.
//!
//! A name is found as a whole word or several, never inside another word, and the longest one first. A word that is also
//! the course's, or too short to tell from any other, stays: nobody can tell that it is a name.

use crate::model::{GradedSubmission, Grades};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The names of a class.
#[derive(Debug)]
pub struct Names {
    /// By their first word in lower case; the longest first.
    by_word: HashMap<String, Vec<Name>>,
}

#[derive(Debug)]
struct Name {
    /// As it is written, with composed letters.
    text: String,
    /// A single word could be an ordinary one if it were written differently.
    is_word: bool,
    /// What to write instead.
    instead: String,
}

/// In place of a name that several learners have.
const SEVERAL: &str = "a learner";

/// Numbers with fewer digits are most likely something else: points, lines or milliseconds.
const DIGITS: usize = 6;

/// Words that a grader, a compiler or a teacher uses of anybody's program.
const ORDINARY: &str = "learner learners submission submissions quest quests course event events loop loops test tests \
    task tasks code error errors warning file files line lines output program thread main src note help expected seen \
    found passed wrong panicked teacher points score none null true false self std tokio rust cargo the and not for";

impl Names {
    /// The names in a class; `number` is what a submission is called instead.
    pub fn of<'a>(grades: &Grades, number: impl Fn(&str) -> &'a str) -> Self {
        let ordinary = ordinary(grades);
        let mut known: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for submission in &grades.submissions {
            for name in names_of(submission).filter(|name| !is_ambiguous(name, &ordinary)) {
                known.entry(name).or_default().insert(number(&submission.id));
            }
        }
        let mut by_word: HashMap<String, Vec<Name>> = HashMap::new();
        for (text, owners) in known {
            let instead = if owners.len() == 1 { owners.into_iter().next() } else { None };
            let name = Name {
                is_word: text.chars().all(is_in_word),
                instead: instead.unwrap_or(SEVERAL).to_owned(),
                text: text.clone(),
            };
            by_word.entry(first_word(&text).to_lowercase()).or_default().push(name);
        }
        for names in by_word.values_mut() {
            names.sort_by_key(|name| std::cmp::Reverse(name.text.chars().count()));
        }
        Self { by_word }
    }

    /// Replaces every name in the text.
    pub fn hide(&self, text: &mut String) {
        if !text.is_ascii() {
            *text = text.nfc().collect();
        }
        let mut hidden = String::with_capacity(text.len());
        let mut rest = 0;
        while let Some(start) = text[rest..].find(is_in_word).map(|start| rest + start) {
            hidden.push_str(&text[rest..start]);
            let word = first_word(&text[start..]);
            let names = self.by_word.get(&word.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
            let found = names.iter().find_map(|name| Some((name, name.end_in(text, start)?)));
            rest = found.map_or(start + word.len(), |(_, end)| end);
            hidden.push_str(found.map_or(word, |(name, _)| &name.instead));
        }
        hidden.push_str(&text[rest..]);
        *text = hidden;
    }
}

impl Name {
    /// Where this name ends in `text`, if it begins at `start`.
    fn end_in(&self, text: &str, start: usize) -> Option<usize> {
        let mut there = text[start..].chars();
        for letter in self.text.chars() {
            if !there.next()?.to_lowercase().eq(letter.to_lowercase()) {
                return None;
            }
        }
        let after = there.as_str();
        let end = text.len() - after.len();
        let (last, next) = (text[..end].chars().next_back()?, after.chars().next());
        let is_whole = next.is_none_or(|next| !is_in_word(next) || stands_alone(next) || stands_alone(last));
        let is_meant = || self.is_written_as(&text[start..end]) || is_in_a_file_name(&text[..start], after);
        (is_whole && (!self.is_word || is_meant())).then_some(end)
    }

    /// Whether it is the name as it is written, or with a capital. `will` is not the name `Will`.
    fn is_written_as(&self, there: &str) -> bool {
        let mut letters = self.text.chars();
        there == self.text || letters.next().is_some_and(|first| there.chars().eq(first.to_uppercase().chain(letters)))
    }
}

/// Whether what stands between these is a part of the name of a file or an address.
fn is_in_a_file_name(before: &str, after: &str) -> bool {
    let joins = |c: char| matches!(c, '_' | '-' | '/' | '\\' | '@' | '`' | '.');
    let is_joined_before = before.ends_with(joins) && !before.ends_with(". ");
    let is_joined_after = match after.strip_prefix('.') {
        Some(after) => after.starts_with(is_in_word),
        None => after.starts_with(joins),
    };
    is_joined_before || is_joined_after
}

/// The id, what the roster says, and each part of the learner's own name.
fn names_of(submission: &GradedSubmission) -> impl Iterator<Item = String> {
    let cells = submission.learner.iter().filter(|(column, _)| *column != "section");
    let parts = cells.clone().flat_map(|(column, cell)| match column.as_str() {
        "name" | "identifier" if !cell.contains('@') => {
            cell.split_whitespace().chain(cell.split(|c: char| !is_in_word(c))).collect::<Vec<_>>()
        }
        _ => cell.split_once('@').map(|(user, _)| user).into_iter().collect(),
    });
    let addresses = submission.id.split_whitespace().filter(|part| part.contains('@'));
    let whole = cells.map(|(_, cell)| cell.as_str()).chain([submission.id.as_str()]);
    let composed = |name: &str| name.trim_matches(|c| !is_in_word(c)).nfc().collect::<String>();
    whole.chain(addresses).chain(parts).map(composed).collect::<BTreeSet<String>>().into_iter()
}

/// Whether nobody could tell the name from something else: a short word or number, or only words of the course.
fn is_ambiguous(name: &str, ordinary: &BTreeSet<String>) -> bool {
    let letters = name.chars().filter(|c| is_in_word(*c));
    let least = match () {
        () if letters.clone().all(|c| c.is_ascii_digit()) => DIGITS,
        () if letters.clone().all(stands_alone) => 2,
        () => 3,
    };
    let is_short_number = |word: &str| word.len() < DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = name.split(|c| !is_in_word(c));
    letters.count() < least || words.all(|word| is_short_number(word) || ordinary.contains(&word.to_lowercase()))
}

/// The words of the course, in lower case.
fn ordinary(grades: &Grades) -> BTreeSet<String> {
    let quests = grades.quests.iter().flat_map(|quest| [&quest.name, &quest.package, &quest.title]);
    let tests = grades.quests.iter().flat_map(|quest| &quest.tests);
    let all = quests.chain(tests.flat_map(|test| [&test.name, &test.step, &test.says])).map(String::as_str);
    let words = all.chain([ORDINARY]).flat_map(|text| text.split(|c| !is_in_word(c)));
    words.map(str::to_lowercase).collect()
}

/// The word at the beginning of the text.
fn first_word(text: &str) -> &str {
    let mut letters = text.char_indices();
    let Some((_, first)) = letters.next() else { return "" };
    let goes_on = |c: char| is_in_word(c) && !stands_alone(c) && !stands_alone(first);
    let end = letters.find(|(_, c)| !goes_on(*c)).map_or(text.len(), |(end, _)| end);
    &text[..end]
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether it is of a script that writes no spaces between words.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::class;

    /// The text as a class with these names is shown it. The submissions are called `#1`, `#2`, …
    fn hidden(names: &[&str], text: &str) -> String {
        let mut grades = class();
        let one = grades.submissions[0].clone();
        grades.submissions.clear();
        let mut numbers = BTreeMap::new();
        for (index, name) in (1..).zip(names) {
            let learner = BTreeMap::from([("name".to_owned(), (*name).to_owned())]);
            numbers.insert(format!("id{index}"), format!("#{index}"));
            grades.submissions.push(GradedSubmission { id: format!("id{index}"), learner, ..one.clone() });
        }
        let mut text = text.to_owned();
        Names::of(&grades, |id| numbers[id].as_str()).hide(&mut text);
        text
    }

    #[test]
    fn a_name_is_found_as_whole_words_and_the_longest_first() {
        let names = ["Ann", "Ann Lee", "Ann-Kathrin Bo", "ben@example.org", "李雷"];
        for (text, shown) in [
            ("Annual reports by Ann Lee; an ann", "Annual reports by #2; an ann"),
            ("Ann-Kathrin Bo and Ann-Kathrin's", "#3 and #3's"),
            ("ask Ann, or ann_lee.rs", "ask a learner, or a learner_#2.rs"),
            ("to BEN@example.org.", "to #4."),
            ("xben@example.org", "xben@example.org"),
            ("李雷的程序", "#5的程序"),
            ("nothing", "nothing"),
            ("", ""),
        ] {
            assert_eq!(hidden(&names, text), shown, "{text}");
        }
    }

    #[test]
    fn what_could_be_anything_stays() {
        let names = ["1", "an", "12345", "queue", "Learner", "quest-03-queue", "Will", "Task 7"];
        for text in [
            "12345 ms  Task 7  started by an event, 1 of 100",
            "error at quest-03-queue/src/learner.rs:1:12345",
            "It will end; a free-will offering is an exception",
        ] {
            let shown = if text.contains("-will") { text.replace("-will", "-#7") } else { text.to_owned() };
            assert_eq!(hidden(&names, text), shown);
        }
        assert_eq!(hidden(&names, "Will, well done"), "#7, well done");
        assert_eq!(hidden(&["1234567"], "by 1234567, in 12345678 ms"), "by #1, in 12345678 ms");
    }

    #[test]
    fn how_letters_are_composed_does_not_matter() {
        for (name, text) in [("Zoë", "by Zoe\u{308}!"), ("Zoe\u{308}", "by Zoë!")] {
            assert_eq!(hidden(&[name], text), "by #1!");
        }
        assert_eq!(hidden(&["Zoe"], "by Zoe\u{308}!"), "by Zoë!");
    }
}
