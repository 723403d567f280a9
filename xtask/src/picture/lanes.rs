//! One lane a task: what it did, and from when to when it was busy with it.

use timeline::Event;

/// What one task did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The task's name; a second task of the same name is `Twin (2)`.
    pub name: String,
    /// Its events, as indices into the run.
    pub events: Vec<usize>,
    /// From its start to its end, as indices into the run. Without an end, it never came to one.
    pub spans: Vec<(usize, Option<usize>)>,
}

/// What an event means for its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A span begins.
    Start,
    /// A span ends as it should.
    End,
    /// A span ends, and not as it should.
    Break,
    /// Anything else.
    Point,
}

/// What the course's tasks say when they begin and end something, as in `started` and `begins: a`.
pub fn role(what: &str) -> Role {
    match head(what) {
        "started" | "begins" | "began" | "blocks" => Role::Start,
        "finished" | "ends" | "ended" | "lets go" => Role::End,
        "dropped" | "is dropped" | "panics" | "fails" | "failed" => Role::Break,
        _ => Role::Point,
    }
}

/// The words that a role is told by: `begins` in `begins: a`.
pub fn head(what: &str) -> &str {
    let is_two_words = what.starts_with("is dropped") || what.starts_with("lets go");
    let words = if is_two_words { 2 } else { 1 };
    let end = what.match_indices([' ', ':']).nth(words - 1).map_or(what.len(), |(end, _)| end);
    &what[..end]
}

/// The lanes of a run, in the order in which the tasks came.
pub fn lanes(events: &[Event]) -> Vec<Lane> {
    let mut lanes = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let role = role(&event.what);
        let lane = lane_for(&mut lanes, &event.task, role);
        lane.events.push(index);
        match (role, open(lane)) {
            (Role::Start, _) => lane.spans.push((index, None)),
            (Role::End | Role::Break, Some(span)) => span.1 = Some(index),
            _ => {}
        }
    }
    lanes
}

/// The first free lane of the task for what begins, its first busy one for what ends, else its first.
fn lane_for<'a>(lanes: &'a mut Vec<Lane>, task: &str, role: Role) -> &'a mut Lane {
    let called = |number: usize| if number == 1 { task.to_owned() } else { format!("{task} ({number})") };
    let known: Vec<usize> =
        (1..).map_while(|number| lanes.iter().position(|lane| lane.name == called(number))).collect();
    let is_busy = |lane: &usize| lanes[*lane].spans.last().is_some_and(|(_, end)| end.is_none());
    let chosen = match role {
        Role::Start => known.iter().copied().find(|lane| !is_busy(lane)),
        Role::End | Role::Break => known.iter().copied().find(is_busy).or(known.first().copied()),
        Role::Point => known.first().copied(),
    };
    let chosen = chosen.unwrap_or_else(|| {
        lanes.push(Lane { name: called(known.len() + 1), events: Vec::new(), spans: Vec::new() });
        lanes.len() - 1
    });
    &mut lanes[chosen]
}

fn open(lane: &mut Lane) -> Option<&mut (usize, Option<usize>)> {
    lane.spans.last_mut().filter(|(_, end)| end.is_none())
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
}
