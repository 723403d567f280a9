//! Finds the parts that two sequences have in common. Its work is bounded by their lengths, not by a clock, so the same texts
//! give the same picture on every machine.

use similar::{Algorithm, DiffOp};
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

/// A range of both sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub left: Range<usize>,
    pub right: Range<usize>,
    pub is_same: bool,
}

/// Up to this many pairs of items, the shortest difference is found. That takes time in proportion to the pairs.
const FEW_PAIRS: usize = 160_000;

/// Splits both sequences into parts that are the same in both, and parts that are not.
pub fn align<T: Eq + Hash>(left: &[T], right: &[T]) -> Vec<Part> {
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left_rest, right_rest) = (&left[start..], &right[start..]);
    let end = left_rest.iter().rev().zip(right_rest.iter().rev()).take_while(|(left, right)| left == right).count();
    let (left_middle, right_middle) = (&left_rest[..left_rest.len() - end], &right_rest[..right_rest.len() - end]);
    let numbered = numbered(left_middle, right_middle);
    let mut parts = Parts::default();
    parts.same(0, 0, start);
    if left_middle.len().saturating_mul(right_middle.len()) <= FEW_PAIRS {
        for operation in similar::capture_diff_slices(Algorithm::Myers, &numbered.0, &numbered.1) {
            if let DiffOp::Equal { old_index, new_index, len } = operation {
                parts.same(start + old_index, start + new_index, len);
            }
        }
    } else {
        for (old, new) in longest_rising(&twins(&numbered.0, &numbered.1)) {
            parts.same(start + old, start + new, 1);
        }
    }
    parts.same(left.len() - end, right.len() - end, end);
    parts.finish(left.len(), right.len())
}

/// Numbers are compared faster than texts.
fn numbered<T: Eq + Hash>(left: &[T], right: &[T]) -> (Vec<usize>, Vec<usize>) {
    let mut numbers: HashMap<&T, usize> = HashMap::new();
    let mut number = |item| {
        let next = numbers.len();
        *numbers.entry(item).or_insert(next)
    };
    (left.iter().map(&mut number).collect(), right.iter().map(&mut number).collect())
}

/// Pairs each item's nth occurrence on the left with its nth on the right, in the order of the left.
fn twins(left: &[usize], right: &[usize]) -> Vec<(usize, usize)> {
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, item) in right.iter().enumerate().rev() {
        places.entry(*item).or_default().push(place);
    }
    let twin = |(place, item): (usize, &usize)| Some((place, places.get_mut(item)?.pop()?));
    left.iter().enumerate().filter_map(twin).collect()
}

/// The longest run of pairs that rises on both sides.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair with the lowest end of such a sequence; and for each pair, the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, right)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *right);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut rising: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| pairs[index]).collect();
    rising.reverse();
    rising
}

/// Collects the parts from left to right.
#[derive(Default)]
struct Parts {
    found: Vec<Part>,
    left: usize,
    right: usize,
}

impl Parts {
    /// From here on, `length` items are the same. What lies before, and belongs to no part yet, is different.
    fn same(&mut self, left: usize, right: usize, length: usize) {
        if length == 0 {
            return;
        }
        self.different_until(left, right);
        (self.left, self.right) = (left + length, right + length);
        match self.found.last_mut() {
            Some(last) if last.is_same => (last.left.end, last.right.end) = (self.left, self.right),
            _ => self.found.push(Part { left: left..self.left, right: right..self.right, is_same: true }),
        }
    }

    fn different_until(&mut self, left: usize, right: usize) {
        if (self.left, self.right) != (left, right) {
            self.found.push(Part { left: self.left..left, right: self.right..right, is_same: false });
        }
    }

    fn finish(mut self, left: usize, right: usize) -> Vec<Part> {
        self.different_until(left, right);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(left: &[u32], right: &[u32]) -> usize {
        let parts = align(left, right);
        let mut ends = (0, 0);
        for part in &parts {
            assert_eq!((part.left.start, part.right.start), ends);
            ends = (part.left.end, part.right.end);
            assert!(!part.is_same || left[part.left.clone()] == right[part.right.clone()]);
        }
        assert_eq!(ends, (left.len(), right.len()));
        parts.iter().filter(|part| part.is_same).map(|part| part.left.len()).sum()
    }

    #[test]
    fn what_both_have_is_found_in_short_sequences_and_in_long_ones() {
        for length in [0, 1, 2, 100, 2000] {
            let left: Vec<u32> = (0..length).collect();
            let changed = |item: u32| if item % 7 == 6 { item + 1_000_000 } else { item };
            let right: Vec<u32> = (0..length).filter(|item| item % 10 != 3).map(changed).collect();
            let most = left.iter().filter(|item| *item % 10 != 3 && *item % 7 != 6).count();
            assert_eq!(same(&left, &right), most, "{length}");
            assert_eq!(same(&left, &left), left.len());
            assert_eq!(same(&left, &[]), 0);
        }
    }

    /// Finding the shortest difference of these would take hours.
    #[test]
    fn long_sequences_without_anything_in_common_are_compared() {
        let all = |from: u32| (from..from + 100_000).collect::<Vec<_>>();
        assert_eq!(same(&all(0), &all(1_000_000)), 0);
        let backwards: Vec<u32> = all(0).into_iter().rev().collect();
        assert_eq!(same(&all(0), &backwards), 1);
        assert_eq!(same(&vec![1; 100_000], &vec![2; 100_000]), 0);
        assert_eq!(same(&vec![1; 100_000], &[1; 3]), 3);
    }
}
