//! A lane for each task: what it did, and when it was busy.

use std::collections::{BTreeSet, HashMap, HashSet};
use timeline::Event;

/// What one task did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The task's name; a second task of the same name is `Twin (2)`.
    pub name: String,
    /// What the task itself is called.
    pub task: String,
    /// Its events, as indices into the run.
    pub events: Vec<usize>,
    /// Starts and ends, as indices into the run. A span without an end never ended.
    pub spans: Vec<(usize, Option<usize>)>,
}

/// What an event means for its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A span begins.
    Start,
    /// A span ends normally.
    End,
    /// A span ends abnormally.
    Break,
    /// Anything else.
    Point,
}

/// The role of an event, by the words that the course's tasks record: `started`, `begins: a`.
pub fn role(what: &str) -> Role {
    match head(what) {
        "started" | "begins" | "began" | "blocks" => Role::Start,
        "finished" | "ends" | "ended" | "lets go" => Role::End,
        "dropped" | "is dropped" | "panics" | "fails" | "failed" => Role::Break,
        _ => Role::Point,
    }
}

/// The words that determine the role: `begins` in `begins: a`.
pub fn head(what: &str) -> &str {
    let is_two_words = what.starts_with("is dropped") || what.starts_with("lets go");
    let words = if is_two_words { 2 } else { 1 };
    let end = what.match_indices([' ', ':']).nth(words - 1).map_or(what.len(), |(end, _)| end);
    &what[..end]
}

/// The lanes of a run, in the order in which the tasks appear.
pub fn lanes(events: &[Event]) -> Vec<Lane> {
    let mut assignment = Assignment::default();
    for (index, event) in events.iter().enumerate() {
        assignment.assign(index, &event.task, role(&event.what));
    }
    assignment.lanes
}

/// For each event, the lane that it is on.
pub fn lane_of_each(lanes: &[Lane], events: usize) -> Vec<Option<usize>> {
    let mut lane_of = vec![None; events];
    for (number, lane) in lanes.iter().enumerate() {
        for event in &lane.events {
            lane_of[*event] = Some(number);
        }
    }
    lane_of
}

/// Lanes by their task's name.
#[derive(Debug)]
pub struct ByTask<'a>(HashMap<&'a str, Vec<&'a Lane>>);

impl<'a> ByTask<'a> {
    pub fn new(lanes: &'a [Lane]) -> Self {
        let mut by_task: HashMap<&str, Vec<&Lane>> = HashMap::new();
        for lane in lanes {
            by_task.entry(&lane.task).or_default().push(lane);
        }
        Self(by_task)
    }

    /// The lanes of all tasks with this name, in order.
    pub fn of(&self, task: &str) -> &[&'a Lane] {
        self.0.get(task).map_or(&[], Vec::as_slice)
    }
}

/// The lanes so far. A program that records `started` in each iteration of a loop opens thousands of lanes for one name, so
/// no lane is ever found by a linear search.
#[derive(Default)]
struct Assignment<'a> {
    lanes: Vec<Lane>,
    tasks: HashMap<&'a str, TaskLanes>,
    /// The names of all lanes: a task may itself be called `Twin (2)`.
    names: HashSet<String>,
}

/// The lanes of the tasks with one name, as indices into all lanes, in order of appearance.
#[derive(Default)]
struct TaskLanes {
    first: Option<usize>,
    busy: BTreeSet<usize>,
    free: BTreeSet<usize>,
    /// The last number that was tried for a lane's name.
    number: usize,
}

impl<'a> Assignment<'a> {
    /// Puts an event on its task's first free lane if something begins, on the first busy one if something ends, or else on the
    /// first lane.
    fn assign(&mut self, index: usize, task: &'a str, role: Role) {
        let known = self.tasks.entry(task).or_default();
        let chosen = match role {
            Role::Start => known.free.first().copied(),
            Role::End | Role::Break => known.busy.first().copied().or(known.first),
            Role::Point => known.first,
        };
        let chosen = chosen.unwrap_or_else(|| {
            let name = known.next_name(task, &mut self.names);
            self.lanes.push(Lane { name, task: task.to_owned(), events: Vec::new(), spans: Vec::new() });
            let lane = self.lanes.len() - 1;
            known.first.get_or_insert(lane);
            known.free.insert(lane);
            lane
        });
        let lane = &mut self.lanes[chosen];
        lane.events.push(index);
        match role {
            Role::Start => {
                lane.spans.push((index, None));
                known.free.remove(&chosen);
                known.busy.insert(chosen);
            }
            Role::End | Role::Break if known.busy.remove(&chosen) => {
                known.free.insert(chosen);
                let (_, end) = lane.spans.last_mut().expect("a busy lane has a span");
                *end = Some(index);
            }
            _ => {}
        }
    }
}

impl TaskLanes {
    /// `Twin`, then `Twin (2)` and so on, skipping names that are taken.
    fn next_name(&mut self, task: &str, names: &mut HashSet<String>) -> String {
        loop {
            self.number += 1;
            let name = if self.number == 1 { task.to_owned() } else { format!("{task} ({})", self.number) };
            if names.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use timeline::Timeline;

    fn of(text: &str) -> Vec<Lane> {
        lanes(text.parse::<Timeline>().unwrap().events())
    }

    #[test]
    fn a_span_goes_from_start_to_end() {
        let lanes = of("0 ms  A  started\n0 ms  B  started\n1 ms  A  tick 1\n2 ms  A  finished\n3 ms  main  ended");
        let spans: Vec<_> = lanes.iter().map(|lane| (lane.name.as_str(), lane.spans.clone())).collect();
        assert_eq!(spans, [("A", vec![(0, Some(3))]), ("B", vec![(1, None)]), ("main", vec![])]);
        assert_eq!(lanes[0].events, [0, 2, 3]);
    }

    #[test]
    fn tasks_of_one_name_that_overlap_have_a_lane_each() {
        let lanes = of("0 ms  T  started\n0 ms  T  started\n1 ms  T  finished\n2 ms  T  finished\n2 ms  T  started");
        assert_eq!(lanes.len(), 2);
        assert_eq!((lanes[0].spans.as_slice(), lanes[0].name.as_str()), ([(0, Some(2)), (4, None)].as_slice(), "T"));
        assert_eq!((lanes[1].spans.as_slice(), lanes[1].name.as_str()), ([(1, Some(3))].as_slice(), "T (2)"));
    }

    #[test]
    fn a_task_may_have_the_name_of_another_ones_second_lane() {
        let lanes =
            of("0 ms  T (2)  started\n0 ms  T  started\n0 ms  T  started\n1 ms  T  finished\n2 ms  T (2)  finished");
        let spans: Vec<_> = lanes.iter().map(|lane| (lane.name.as_str(), lane.spans.as_slice())).collect();
        assert_eq!(
            spans,
            [("T (2)", [(0, Some(4))].as_slice()), ("T", [(1, Some(3))].as_slice()), ("T (3)", [(2, None)].as_slice())]
        );
    }

    /// Would take hours if each lane were searched for among all others.
    #[test]
    fn a_hundred_thousand_that_never_end_have_a_lane_each() {
        let timeline: String = (0..100_000).map(|_| "0 ms  poll  started\n").collect();
        let lanes = of(&timeline);
        assert_eq!(lanes.len(), 100_000);
        assert_eq!(lanes[99_999].name, "poll (100000)");
        assert!(lanes.iter().all(|lane| lane.spans.len() == 1));
    }
}
