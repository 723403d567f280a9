//! Numbers of shards as ranges: `3, 17-19`. A class may be split into a number of shards that nobody wants to count through.

use std::collections::BTreeSet;

/// Ascending ranges that do not touch each other; both ends belong to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// The numbers from 1 to `count` that are not in `present`.
    pub fn missing(present: &BTreeSet<u32>, count: u32) -> Self {
        let mut gaps = Vec::new();
        let mut next = 1;
        for number in present.iter().copied().filter(|number| (1..=count).contains(number)) {
            if next < number {
                gaps.push((next, number - 1));
            }
            let Some(after) = number.checked_add(1) else { return Self(gaps) };
            next = after;
        }
        if next <= count {
            gaps.push((next, count));
        }
        Self(gaps)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers there are.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|(from, to)| to - from + 1).sum()
    }

    /// `3, 17-19`, each number higher by `offset`.
    pub fn shown(&self, separator: &str, offset: i64) -> String {
        self.joined(separator, |from, to| format!("{}-{}", i64::from(from) + offset, i64::from(to) + offset), offset)
    }

    /// `3 {17..19}`, as shells expand it.
    pub fn in_braces(&self) -> String {
        self.joined(" ", |from, to| format!("{{{from}..{to}}}"), 0)
    }

    fn joined(&self, separator: &str, range: impl Fn(u32, u32) -> String, offset: i64) -> String {
        let shown = |(from, to): &(u32, u32)| {
            if from == to { (i64::from(*from) + offset).to_string() } else { range(*from, *to) }
        };
        self.0.iter().map(shown).collect::<Vec<_>>().join(separator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(present: &[u32], count: u32) -> Ranges {
        Ranges::missing(&present.iter().copied().collect(), count)
    }

    #[test]
    fn neighbours_are_a_range() {
        for (present, count, expected) in [
            (&[1, 2, 4, 5][..], 7, "3, 6-7"),
            (&[], 1, "1"),
            (&[], 3, "1-3"),
            (&[2], 3, "1, 3"),
            (&[1, 2, 3], 3, ""),
            (&[0, 2, 9], 3, "1, 3"),
            (&[1, u32::MAX], u32::MAX, "2-4294967294"),
            (&[], u32::MAX, "1-4294967295"),
        ] {
            let missing = missing(present, count);
            assert_eq!(missing.shown(", ", 0), expected);
            assert_eq!(missing.is_empty(), expected.is_empty());
        }
        assert_eq!(missing(&[], u32::MAX).count(), u32::MAX);
        assert_eq!(missing(&[1, 2, 4, 5], 7).count(), 3);
    }

    #[test]
    fn they_are_written_as_engines_read_them() {
        let missing = missing(&[1, 2, 4, 5], 7);
        assert_eq!(missing.shown(",", -1), "2,5-6");
        assert_eq!(missing.in_braces(), "3 {6..7}");
    }
}
