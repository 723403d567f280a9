//! The runs of an observation: a test may simulate more than once.

use timeline::{Event, Timeline, TraceEvent};

/// Splits an observation into runs; none if it is not a timeline. A run begins where times start over.
pub fn runs(observation: &str) -> Option<Vec<Vec<Event>>> {
    let timeline: Timeline = observation.parse().ok()?;
    let mut runs: Vec<Vec<Event>> = Vec::new();
    for event in timeline.events() {
        match runs.last_mut() {
            Some(run) if run.last().is_none_or(|last| last.at <= event.at) => run.push(event.clone()),
            _ => runs.push(vec![event.clone()]),
        }
    }
    Some(runs)
}

/// The traces of one of `count` runs; none if they cannot be matched to the runs.
pub fn trace_of_run(traces: &[Vec<TraceEvent>], count: usize, run: usize) -> &[TraceEvent] {
    traces.get(run).filter(|_| traces.len() == count).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_begins_where_time_starts_over() {
        let runs = runs("0 ms  a  b\n5 ms  a  b\n0 ms  a  c").unwrap();
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(super::runs("rounds: 7"), None);
    }
}
