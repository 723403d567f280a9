//! One character for each kind of event, and the legend that explains them.

use super::lanes::{Role, head, role};
use super::segments::SegmentKind;
use crate::terminal::shorten::shorten;
use std::collections::BTreeSet;

/// The characters of the picture, for terminals with and without Unicode.
#[derive(Debug, Clone, Copy)]
pub struct Strokes {
    pub start: char,
    pub end: char,
    /// From a start to its end.
    pub busy: char,
    /// Sleeps outside of a span.
    pub sleeps: char,
    /// Waits for another thread.
    pub waits: char,
    /// Blocks everything else.
    pub blocks: char,
    /// Stalled by another task that blocks.
    pub stalled: char,
    /// After a start that has no end.
    pub endless: char,
    pub axis: char,
    pub tick: char,
    /// The axis leaves out a long gap here.
    pub cut: char,
    pub pointer: char,
    pub elided: char,
}

pub const UNICODE: Strokes = Strokes {
    start: '├',
    end: '┤',
    busy: '─',
    sleeps: '·',
    waits: '┄',
    blocks: '█',
    stalled: '▒',
    endless: '╌',
    axis: '━',
    tick: '┯',
    cut: '╱',
    pointer: '▲',
    elided: '…',
};

pub const ASCII: Strokes = Strokes {
    start: '[',
    end: ']',
    busy: '-',
    sleeps: ':',
    waits: '~',
    blocks: '#',
    stalled: '%',
    endless: '.',
    axis: '-',
    tick: '+',
    cut: '/',
    pointer: '^',
    elided: '.',
};

impl Strokes {
    pub fn of(&self, texture: SegmentKind) -> char {
        match texture {
            SegmentKind::Sleeps => self.sleeps,
            SegmentKind::Waits => self.waits,
            SegmentKind::Blocks => self.blocks,
            SegmentKind::Stalled => self.stalled,
        }
    }
}

/// How many kinds of events have their own letter.
const MOST: usize = 14;

/// The mark of all other events.
const OTHER: char = '*';

/// The characters, and what they stand for.
#[derive(Debug)]
pub struct Symbols {
    strokes: Strokes,
    /// Kinds of events and their letters, in order of appearance.
    letters: Vec<(String, char)>,
    /// The word before the number in `tick 3`, if the number can be the mark.
    counted: Option<String>,
    bounds: [BTreeSet<String>; 2],
    has_others: bool,
    has_endless: bool,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegendEntry {
    /// The words with which something starts.
    Starts(String),
    Ends(String),
    /// Something started, and did not end.
    Endless(&'static str),
    SegmentKind(SegmentKind),
    /// Events that consist of this word and a number are marked with the number.
    Counted(String),
    /// The mark of an event, and the event's words.
    Letter(char, String),
}

impl Symbols {
    /// Symbols for all events. With `has_endless`, something that starts never ends.
    pub fn new<'a>(whats: impl Iterator<Item = &'a str> + Clone, strokes: Strokes, has_endless: bool) -> Self {
        let numbers = || whats.clone().filter_map(numbered);
        let words: BTreeSet<&str> = numbers().map(|(word, _)| word).collect();
        let is_short = numbers().all(|(_, number)| number.len() == 1);
        let counted = words.first().filter(|_| words.len() == 1 && is_short).map(|word| (*word).to_owned());
        let bounds = [BTreeSet::new(), BTreeSet::new()];
        let mut symbols = Self { strokes, letters: Vec::new(), counted, bounds, has_others: false, has_endless };
        for what in whats {
            symbols.add(what);
        }
        symbols
    }

    /// The character for an event.
    pub fn of(&self, what: &str) -> char {
        match role(what) {
            Role::Start => return self.strokes.start,
            Role::End => return self.strokes.end,
            Role::Break | Role::Point => {}
        }
        if let Some((word, number)) = numbered(what)
            && self.counted.as_deref() == Some(word)
        {
            return number.chars().next().unwrap_or(OTHER);
        }
        let kind = kind(what);
        self.letters.iter().find(|(known, _)| known == kind).map_or(OTHER, |(_, letter)| *letter)
    }

    /// The legend, in lines of at most `width` columns.
    pub fn legend(&self, width: usize, kinds: &BTreeSet<SegmentKind>) -> Vec<String> {
        let strokes = &self.strokes;
        let entries = self.entries(kinds).into_iter().map(|entry| match entry {
            LegendEntry::Starts(words) => format!("{} {words}", strokes.start),
            LegendEntry::Ends(words) => format!("{} {words}", strokes.end),
            LegendEntry::Endless(words) => format!("{0}{0} {words}", strokes.endless),
            LegendEntry::SegmentKind(texture) => format!("{0}{0} {1}", strokes.of(texture), texture.words()),
            LegendEntry::Counted(word) => format!("1 2 3 {word}"),
            LegendEntry::Letter(letter, words) => format!("{letter} {words}"),
        });
        wrap(entries.collect(), width, self.strokes.elided)
    }

    /// What there is to explain, with these textures.
    pub fn entries(&self, kinds: &BTreeSet<SegmentKind>) -> Vec<LegendEntry> {
        let mut entries = Vec::new();
        let [starts, ends] = &self.bounds;
        if !starts.is_empty() {
            entries.push(LegendEntry::Starts(bound("start", starts)));
        }
        if !ends.is_empty() {
            entries.push(LegendEntry::Ends(bound("end", ends)));
        }
        if self.has_endless {
            entries.push(LegendEntry::Endless("no end was seen"));
        }
        entries.extend(kinds.iter().copied().map(LegendEntry::SegmentKind));
        entries.extend(self.counted.iter().cloned().map(LegendEntry::Counted));
        entries.extend(self.letters.iter().map(|(kind, letter)| LegendEntry::Letter(*letter, kind.clone())));
        if self.has_others {
            entries.push(LegendEntry::Letter(OTHER, "something else".to_owned()));
        }
        entries
    }

    fn add(&mut self, what: &str) {
        let bound = match role(what) {
            Role::Start => Some(0),
            Role::End => Some(1),
            Role::Break | Role::Point => None,
        };
        if let Some(bound) = bound {
            self.bounds[bound].insert(head(what).to_owned());
            return;
        }
        let is_counted = numbered(what).is_some_and(|(word, _)| self.counted.as_deref() == Some(word));
        let kind = kind(what);
        if is_counted || self.letters.iter().any(|(known, _)| known == kind) {
            return;
        }
        let is_free = |letter: &char| !self.letters.iter().any(|(_, taken)| taken == letter);
        let own = kind.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase());
        let capital = own.clone().map(|letter| letter.to_ascii_uppercase());
        let letter = own.clone().take(1).chain(capital.clone().take(1)).chain(own).chain(capital).find(is_free);
        match letter.filter(|_| self.letters.len() < MOST) {
            Some(letter) => self.letters.push((kind.to_owned(), letter)),
            None => self.has_others = true,
        }
    }
}

/// The meaning of a mark: the word itself, or what several words have in common, followed by the words.
fn bound(meaning: &str, words: &BTreeSet<String>) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [word] => (*word).to_owned(),
        _ => format!("{meaning} ({})", words.join(", ")),
    }
}

/// `tick 3` is the third of its kind; other events are not counted.
fn numbered(what: &str) -> Option<(&str, &str)> {
    let (word, number) = what.rsplit_once(' ')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && word.chars().all(char::is_alphabetic)).then_some((word, number))
}

/// What shares a letter: `tick 12` and `tick 13` are both a `tick`.
fn kind(what: &str) -> &str {
    numbered(what).map_or(what, |(word, _)| word)
}

/// Fills lines with entries. An entry that is longer than a line is cut.
fn wrap(entries: Vec<String>, width: usize, elided: char) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        let entry = shorten(&entry, width, elided);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 3 + entry.chars().count() <= width => {
                line.push_str("   ");
                line.push_str(&entry);
            }
            _ => lines.push(entry),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(whats: &[&str]) -> Symbols {
        Symbols::new(whats.iter().copied(), ASCII, false)
    }

    #[test]
    fn what_is_counted_is_marked_with_its_number_while_that_is_clear() {
        let ticks = symbols(&["tick 1", "tick 2", "returned"]);
        assert_eq!([ticks.of("tick 2"), ticks.of("returned")], ['2', 'r']);
        let many = symbols(&["tick 9", "tick 10"]);
        assert_eq!([many.of("tick 9"), many.of("tick 10")], ['t', 't']);
    }

    #[test]
    fn no_two_things_have_one_letter_and_the_legend_names_them() {
        let symbols = symbols(&["began", "runs", "returned", "rr", "ended: well"]);
        assert_eq!(["runs", "returned", "rr", "began"].map(|what| symbols.of(what)), ['r', 'R', '*', '[']);
        assert_eq!(
            symbols.legend(40, &BTreeSet::new()),
            ["[ began   ] ended   r runs   R returned", "* something else"]
        );
    }

    #[test]
    fn every_mark_has_one_meaning_in_the_legend() {
        let symbols = symbols(&["started", "blocks", "lets go", "finished"]);
        let kinds = [SegmentKind::Sleeps, SegmentKind::Waits, SegmentKind::Blocks, SegmentKind::Stalled].into();
        let legend = symbols.legend(200, &kinds).concat();
        assert!(legend.starts_with("[ start (blocks, started)   ] end (finished, lets go)   "), "{legend}");
        for strokes in [UNICODE, ASCII] {
            let marks = [SegmentKind::Sleeps, SegmentKind::Waits, SegmentKind::Blocks, SegmentKind::Stalled]
                .map(|it| strokes.of(it));
            let lines = [strokes.start, strokes.end, strokes.busy, strokes.endless];
            let all: BTreeSet<char> = marks.into_iter().chain(lines).collect();
            assert_eq!(all.len(), 8, "two of these look the same: {marks:?} {lines:?}");
        }
    }
}
