//! The instants at which something happened, and the slot of each event within its instant.

use super::lanes::{Lane, Role, lane_of_each, role};
use crate::align::align;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;
use timeline::Event;

/// An instant, and how many slots it takes next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Duration,
    pub slots: usize,
}

/// A run's events and its lanes.
#[derive(Debug, Clone, Copy)]
pub struct RunLanes<'a> {
    pub events: &'a [Event],
    pub lanes: &'a [Lane],
}

/// The position of an event: its moment, and its slot within the moment.
pub type Slot = (usize, usize);

/// All moments of both runs, and the slots of each run's events.
#[derive(Debug)]
pub struct Arranged {
    pub moments: Vec<Moment>,
    pub slots: Vec<Vec<Slot>>,
    /// Whether any event has its own slot to show the order.
    pub is_unfolded: bool,
}

/// Arranges the events of two runs in moments; time begins at zero.
///
/// Events of different tasks at one instant share a slot, so that the picture stays to scale. Where their order matters,
/// because it differs, a task acts twice or many act at once, each event has its own slot.
pub fn arrange(expected: RunLanes, seen: RunLanes) -> Arranged {
    let instants: BTreeSet<Duration> = std::iter::once(Duration::ZERO)
        .chain(expected.events.iter().chain(seen.events).map(|event| event.at))
        .collect();
    let mut moments = Vec::with_capacity(instants.len());
    let (mut slots, mut is_unfolded) = ([Vec::new(), Vec::new()], false);
    let [of_expected, of_seen] = [expected, seen].map(|run| lane_of_each(run.lanes, run.events.len()));
    let is_all_at_once = is_all_at_once(expected.events, seen.events);
    for at in instants {
        let ranges = [within(expected.events, at), within(seen.events, at)];
        let [left, right] = [&expected.events[ranges[0].clone()], &seen.events[ranges[1].clone()]];
        let unfolded = order_matters(left, right) || is_a_queue(left) || is_a_queue(right) || is_all_at_once;
        is_unfolded |= unfolded;
        let local = if unfolded {
            aligned(left, right)
        } else {
            [by_lane(&of_expected[ranges[0].clone()]), by_lane(&of_seen[ranges[1].clone()])]
        };
        let taken = local.iter().flatten().max().map_or(1, |last| last + 1);
        for (slots, local) in slots.iter_mut().zip(local) {
            slots.extend(local.into_iter().map(|place| (moments.len(), place)));
        }
        moments.push(Moment { at, slots: taken });
    }
    Arranged { moments, slots: slots.into(), is_unfolded }
}

/// The events of one instant; a run's times never decrease.
fn within(events: &[Event], at: Duration) -> Range<usize> {
    events.partition_point(|event| event.at < at)..events.partition_point(|event| event.at <= at)
}

fn is_all_at_once(expected: &[Event], seen: &[Event]) -> bool {
    expected.iter().chain(seen).all(|event| event.at.is_zero())
}

fn order_matters(left: &[Event], right: &[Event]) -> bool {
    let sorted = |events: &[Event]| {
        let mut keys: Vec<_> = events.iter().map(|event| (event.task.clone(), event.what.clone())).collect();
        keys.sort();
        keys
    };
    let is_reordered = left != right && sorted(left) == sorted(right);
    is_reordered || comes_back(left) || comes_back(right)
}

/// Whether enough tasks act one after the other that something must have ordered them.
fn is_a_queue(events: &[Event]) -> bool {
    let points = events.iter().filter(|event| role(&event.what) == Role::Point);
    points.map(|event| &event.task).collect::<BTreeSet<_>>().len() > 2
}

/// Whether a task acts again after another one has acted.
fn comes_back(events: &[Event]) -> bool {
    let mut turns: Vec<&str> = events.iter().map(|event| event.task.as_str()).collect();
    turns.dedup();
    let tasks: BTreeSet<&str> = turns.iter().copied().collect();
    tasks.len() < turns.len()
}

/// A slot for each event; events that both runs have share one.
fn aligned<'a>(left: &'a [Event], right: &'a [Event]) -> [Vec<usize>; 2] {
    let (mut slots, mut next) = ([Vec::new(), Vec::new()], 0);
    let take = |slots: &mut Vec<usize>, count: usize, from: usize| slots.extend(from..from + count);
    let keys = |events: &'a [Event]| events.iter().map(|event| (&event.task, &event.what)).collect::<Vec<_>>();
    for part in align(&keys(left), &keys(right)) {
        let (old, new) = (part.left.len(), part.right.len());
        take(&mut slots[0], old, next);
        let shared = if part.is_same { 0 } else { old };
        take(&mut slots[1], new, next + shared);
        next += shared + new;
    }
    slots
}

/// A slot for each event next to the others of its lane, given each event's lane.
fn by_lane(lanes: &[Option<usize>]) -> Vec<usize> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    lanes
        .iter()
        .map(|lane| {
            let next = taken.entry(lane.expect("every event has a lane")).or_default();
            *next += 1;
            *next - 1
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lanes::lanes;
    use super::*;
    use timeline::Timeline;

    fn slots(expected: &str, seen: &str) -> (Vec<usize>, [Vec<usize>; 2]) {
        let [left, right] = [expected, seen].map(|text| text.parse::<Timeline>().unwrap());
        let (left, right) = (left.events(), right.events());
        let arranged =
            arrange(RunLanes { events: left, lanes: &lanes(left) }, RunLanes { events: right, lanes: &lanes(right) });
        let local = |run: usize| arranged.slots[run].iter().map(|(_, place)| *place).collect();
        (arranged.moments.iter().map(|moment| moment.slots).collect(), [local(0), local(1)])
    }

    #[test]
    fn tasks_share_a_slot_and_one_tasks_events_do_not() {
        let text = "1 ms  a  started\n1 ms  a  finished\n1 ms  b  started";
        assert_eq!(slots(text, text), (vec![1, 2], [vec![0, 1, 0], vec![0, 1, 0]]));
    }

    #[test]
    fn another_order_is_shown() {
        let (taken, local) = slots("1 ms  a  x\n1 ms  b  x", "1 ms  b  x\n1 ms  a  x");
        assert_eq!(taken, [1, 3]);
        assert_eq!(local, [vec![1, 2], vec![0, 1]]);
    }

    #[test]
    fn without_time_there_is_still_an_order() {
        let (taken, local) = slots("0 ms  a  x\n0 ms  b  x", "0 ms  a  x");
        assert_eq!((taken, local), (vec![2], [vec![0, 1], vec![0]]));
    }
}
