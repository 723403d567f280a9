//! Chooses the moments and lanes to show where not all of them fit.

use super::difference::Difference;
use super::lanes::Lane;
use super::moments::{Arranged, Slot};
use std::collections::HashSet;
use std::ops::Range;

/// The two runs of a picture, as indices into pairs.
pub const EXPECTED: usize = 0;
pub const SEEN: usize = 1;

/// The lanes with something in the window: the expected ones, then the others. At most one more than `most` is returned.
pub fn names<'a>(lanes: &'a [Vec<Lane>; 2], arranged: &Arranged, window: &Range<usize>, most: usize) -> Vec<&'a str> {
    let mut known: HashSet<&str> = HashSet::new();
    let mut names: Vec<&str> = Vec::new();
    for (run, lanes) in lanes.iter().enumerate() {
        let moment = |event: usize| arranged.slots[run][event].0;
        let is_shown = |lane: &&Lane| {
            // Events and spans are in the order of time, and spans do not overlap: the last before the window's end decides.
            let last = lane.events.partition_point(|event| moment(*event) < window.end).checked_sub(1);
            let begun = lane.spans.partition_point(|(start, _)| moment(*start) < window.end).checked_sub(1);
            last.is_some_and(|last| moment(lane.events[last]) >= window.start)
                || begun.is_some_and(|begun| lane.spans[begun].1.is_none_or(|end| moment(end) >= window.start))
        };
        for lane in lanes.iter().filter(is_shown) {
            if known.insert(&lane.name) {
                names.push(&lane.name);
            }
            if names.len() > most {
                return names;
            }
        }
    }
    names
}

/// The moment of the first difference.
pub fn centre(difference: &Difference, slots: &[Vec<Slot>]) -> usize {
    let moment = |run: usize, event: Option<usize>| event.map(|event| slots[run][event].0);
    let [expected, seen] = [moment(EXPECTED, difference.expected), moment(SEEN, difference.seen)];
    expected.into_iter().chain(seen).min().unwrap_or(0)
}

/// As many of the moments as fit: all of them, or those around the centre, one before it for each two after it.
pub fn around(moments: usize, centre: usize, fits: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
    if fits(&(0..moments)) {
        return Some(0..moments);
    }
    let mut window = centre..centre + 1;
    if !fits(&window) {
        return None;
    }
    loop {
        let after = window.start..(window.end + 2).min(moments);
        let both = after.start.saturating_sub(1)..after.end;
        let before = window.start.saturating_sub(1)..window.end;
        match [both, after, before].into_iter().find(|wider| *wider != window && fits(wider)) {
            Some(wider) => window = wider,
            None => return Some(window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn one_moment_before_is_shown_for_two_after() {
        assert_eq!(around(100, 50, |window| window.len() <= 10), Some(47..57));
        assert_eq!(around(100, 0, |window| window.len() <= 10), Some(0..9));
        assert_eq!(around(8, 7, |window| window.len() <= 10), Some(0..8));
        assert_eq!(around(8, 7, |_| false), None);
    }
}
