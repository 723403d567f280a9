//! What two files share, passage by passage, to be shown side by side.

use super::shape::{Token, tokens};
use super::winnow::{self, PASSAGE};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Two files with what they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison<'a> {
    pub left: ComparedFile<'a>,
    pub right: ComparedFile<'a>,
}

/// One of the two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedFile<'a> {
    pub source: &'a str,
    /// What the other file has, too, as ranges of bytes. The fragment at an index is the other file's fragment at the same index.
    pub fragments: Vec<Range<usize>>,
    /// Code that the course or most of the class has, as sorted ranges of bytes.
    pub base: Vec<Range<usize>>,
    /// The share of the file's own tokens that lie in fragments, in percent.
    pub percent: usize,
}

/// The maximum number of places where one passage is looked for. A file that repeats itself would need very many.
const PLACES: usize = 50;

/// Compares two files. `base` are the passages that do not count.
///
/// The fragments are in the order of the left file, and begin and end with code that counts. No token is in two of them, so code that one file has twice needs two
/// copies in the other.
pub fn compare<'a>(left: &'a str, right: &'a str, base: &BTreeSet<u64>) -> Comparison<'a> {
    let (left, right) = (TokenizedSource::of(left, base), TokenizedSource::of(right, base));
    let (left_base, right_base) = (left.base_tokens(), right.base_tokens());
    let without_base = |(in_left, in_right): (Range<usize>, Range<usize>)| {
        let counts = |at: &usize| !left_base[in_left.start + at] || !right_base[in_right.start + at];
        let (first, last) = ((0..in_left.len()).find(counts)?, (0..in_left.len()).rfind(counts)?);
        let part = |range: Range<usize>| range.start + first..range.start + last + 1;
        Some((part(in_left.clone()), part(in_right)))
    };
    let (in_left, in_right): (Vec<_>, Vec<_>) = shared(&left, &right).into_iter().filter_map(without_base).unzip();
    Comparison { left: left.compared(&left_base, &in_left), right: right.compared(&right_base, &in_right) }
}

struct TokenizedSource<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
    passages: Vec<u64>,
    /// For each passage, whether it does not count.
    is_base: Vec<bool>,
}

impl<'a> TokenizedSource<'a> {
    fn of(source: &'a str, base: &BTreeSet<u64>) -> Self {
        let tokens = tokens(source);
        let texts: Vec<&str> = tokens.iter().map(|token| token.shape).collect();
        let passages: Vec<u64> = winnow::passages(&texts).collect();
        let is_base = passages.iter().map(|passage| base.contains(passage)).collect();
        Self { source, tokens, passages, is_base }
    }

    /// Where each passage begins that counts.
    fn places(&self) -> BTreeMap<u64, Vec<usize>> {
        let mut places: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (start, (passage, _)) in
            self.passages.iter().zip(&self.is_base).enumerate().filter(|(_, (_, base))| !**base)
        {
            let places = places.entry(*passage).or_default();
            if places.len() < PLACES {
                places.push(start);
            }
        }
        places
    }

    /// For each token, whether it is in a passage that does not count.
    fn base_tokens(&self) -> Vec<bool> {
        let mut is_base = vec![false; self.tokens.len()];
        for (start, _) in self.is_base.iter().enumerate().filter(|(_, is_base)| **is_base) {
            is_base[start..start + PASSAGE].fill(true);
        }
        is_base
    }

    fn compared(&self, is_base: &[bool], fragments: &[Range<usize>]) -> ComparedFile<'a> {
        let own = is_base.iter().filter(|is_base| !**is_base).count();
        let shared = fragments.iter().flat_map(Clone::clone).filter(|token| !is_base[*token]).count();
        ComparedFile {
            source: self.source,
            percent: (shared * 100).checked_div(own).unwrap_or(0),
            base: runs(is_base).iter().map(|run| self.bytes(run)).collect(),
            fragments: fragments.iter().map(|fragment| self.bytes(fragment)).collect(),
        }
    }

    /// The bytes of some tokens, of which there is at least one.
    fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        self.tokens[tokens.start].bytes.start..self.tokens[tokens.end - 1].bytes.end
    }
}

/// The longest fragments that both files have, as ranges of tokens, from the beginning of the left file to its end.
fn shared(left: &TokenizedSource, right: &TokenizedSource) -> Vec<(Range<usize>, Range<usize>)> {
    let places = right.places();
    let mut is_used = vec![false; right.tokens.len()];
    let mut shared = Vec::new();
    let mut start = 0;
    while start < left.passages.len() {
        let candidates = places.get(&left.passages[start]).map_or(&[][..], Vec::as_slice);
        let lengths = candidates.iter().map(|place| (common(left, start, right, *place, &is_used), *place));
        // Of equally long ones, the first: a file that was copied is in the same order.
        let longest = lengths.max_by_key(|(length, place)| (*length, std::cmp::Reverse(*place)));
        match longest.filter(|(length, _)| *length >= PASSAGE) {
            Some((length, place)) => {
                is_used[place..place + length].fill(true);
                shared.push((start..start + length, place..place + length));
                start += length;
            }
            None => start += 1,
        }
    }
    shared
}

/// The number of tokens from these positions on that are equal and not used yet.
fn common(left: &TokenizedSource, start: usize, right: &TokenizedSource, place: usize, is_used: &[bool]) -> usize {
    let pairs = left.tokens[start..].iter().zip(&right.tokens[place..]).zip(&is_used[place..]);
    pairs.take_while(|((left, right), is_used)| left.shape == right.shape && !**is_used).count()
}

/// The ranges in which all are true.
fn runs(flags: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        match runs.last_mut().filter(|run| run.end == index) {
            Some(run) => run.end += 1,
            None => runs.push(index..index + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::shape::shape;
    use super::*;
    use pretty_assertions::assert_eq;

    const START: &str = "pub fn wait(seconds: u64) -> u64 { let start = now(); ";
    const COPIED: &str =
        "while let Some(job) = queue.pop() { if job.is_ready() { job.run(); } else { queue.push(job) } }";

    fn passages(text: &str) -> BTreeSet<u64> {
        winnow::passages(&shape(text)).collect()
    }

    fn texts<'a>(file: &ComparedFile<'a>) -> Vec<&'a str> {
        file.fragments.iter().map(|range| &file.source[range.clone()]).collect()
    }

    #[test]
    fn a_copied_passage_is_found_wherever_it_is_and_whatever_it_is_called() {
        let renamed = COPIED.replace("job", "task").replace("queue", "ready").replace(' ', "\n  /* mine */ ");
        let (left, right) = (format!("{COPIED} fn a() {{}}"), format!("struct B; const C: u8 = 5; {renamed}"));
        let comparison = compare(&left, &right, &BTreeSet::new());
        assert_eq!(texts(&comparison.left), [COPIED]);
        assert_eq!(texts(&comparison.right), [renamed]);
        assert!(comparison.left.percent < 100 && comparison.left.percent > 80, "{}", comparison.left.percent);
    }

    #[test]
    fn what_the_course_has_is_no_fragment() {
        let (left, right) = (format!("{START} {COPIED} }}"), format!("{START} return 5; }}"));
        let comparison = compare(&left, &right, &passages(START));
        assert_eq!(texts(&comparison.left), [""; 0]);
        let base = &comparison.left.base;
        assert_eq!(base.iter().map(|range| &left[range.clone()]).collect::<Vec<_>>(), [START.trim()]);
        assert_eq!(comparison.left.percent, 0);
        let whole = compare(START, START, &passages(START));
        assert_eq!((texts(&whole.left), whole.left.percent), (vec![], 0));
    }

    #[test]
    fn a_fragment_begins_and_ends_with_code_that_counts() {
        let text = format!("{START} {COPIED} }} {START}");
        let comparison = compare(&text, &text, &passages(START));
        assert_eq!(texts(&comparison.left), [format!("{COPIED} }}")]);
        assert_eq!(comparison.left.percent, 100);
    }

    #[test]
    fn two_copies_need_two_originals() {
        let (once, twice) = (COPIED.to_owned(), format!("{COPIED} ; {COPIED}"));
        assert_eq!(compare(&twice, &once, &BTreeSet::new()).left.fragments.len(), 1);
        assert_eq!(compare(&once, &twice, &BTreeSet::new()).right.fragments.len(), 1);
        assert_eq!(compare(&twice, &twice, &BTreeSet::new()).left.percent, 100);
    }

    #[test]
    fn fragments_never_overlap_and_have_the_same_tokens() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..200 {
            let mut text = || -> String {
                (0..random.usize(0..300)).map(|_| ["a ", "+ ", "; ", "{ "][random.usize(..4)]).collect()
            };
            let (left, right) = (text(), text());
            let comparison = compare(&left, &right, &BTreeSet::new());
            for (one, other) in texts(&comparison.left).iter().zip(texts(&comparison.right)) {
                assert_eq!(shape(one), shape(other));
                assert!(shape(one).len() >= PASSAGE);
            }
            assert_eq!(comparison.left.fragments.len(), comparison.right.fragments.len());
            let mut sorted = comparison.right.fragments.clone();
            sorted.sort_by_key(|range| range.start);
            for file in [&comparison.left.fragments, &sorted] {
                assert!(file.windows(2).all(|pair| pair[0].end <= pair[1].start), "{file:?}");
            }
        }
    }

    #[test]
    fn a_large_file_that_repeats_itself_is_compared() {
        let text = "; ".repeat(100_000);
        assert_eq!(compare(&text, &text, &BTreeSet::new()).left.fragments.len(), 1);
    }
}
