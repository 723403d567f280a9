//! Trace events for Chrome and [Perfetto](https://ui.perfetto.dev): a process for each run, a thread for each lane.

use super::super::lanes::{Lane, lanes};
use super::super::segments::{Segment, SegmentKind, segments};
use super::comparison::{Comparison, RunView};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use timeline::Event;

/// The trace, as JSON. Slices of one track must not overlap, so overlapping ones are on separate tracks.
pub fn perfetto(comparison: &Comparison) -> String {
    let (mut names, mut slices) = (Vec::new(), Vec::new());
    for ((side, RunView { events, .. }), process) in comparison.sides().into_iter().zip(1..) {
        names.push(name("process_name", process, 0, side));
        for (lane, track) in lanes(events).iter().zip(1..) {
            names.push(name("thread_name", process, track, &lane.name));
            slices.extend(of_lane(lane, events, process, track));
        }
    }
    let mut tracks: BTreeMap<String, u32> = BTreeMap::new();
    // The lanes show what was recorded; further tracks show what each thread waited for.
    for segment in segments(comparison.seen.events, &[], comparison.seen.trace, |_| true, 0).all {
        let next = u32::try_from(tracks.len()).expect("tracks are few") + 1;
        let track = *tracks.entry(segment.lane.clone()).or_insert(next);
        slices.extend(of_stretch(&segment, track));
    }
    if !tracks.is_empty() {
        names.push(name("process_name", CLOCK, 0, "noted by the clock"));
    }
    names.extend(tracks.iter().map(|(lane, track)| name("thread_name", CLOCK, *track, lane)));
    // A slice comes before the events in it at the same instant.
    slices.sort_by_key(|(at, _)| *at);
    let events: Vec<Value> = names.into_iter().chain(slices.into_iter().map(|(_, slice)| slice)).collect();
    let trace = json!({ "displayTimeUnit": "ms", "otherData": { "title": comparison.title }, "traceEvents": events });
    format!("{trace}\n")
}

/// The process of the trace.
const CLOCK: u32 = 9;

fn of_lane(lane: &Lane, events: &[Event], process: u32, track: u32) -> Vec<(Duration, Value)> {
    let last = events.last().map_or(Duration::ZERO, |event| event.at);
    let spans = lane.spans.iter().map(|(start, end)| {
        let (from, to) = (events[*start].at, end.map_or(last, |end| events[end].at));
        let words = end.map_or("no end was seen", |end| events[end].what.as_str());
        let name = format!("{} – {words}", events[*start].what);
        (from, slice(&name, from, to, process, track))
    });
    let points = lane.events.iter().map(|event| {
        let Event { at, what, .. } = &events[*event];
        let point = json!({ "name": what, "ph": "i", "s": "t", "ts": micros(*at), "pid": process, "tid": track });
        (*at, point)
    });
    spans.chain(points).collect()
}

fn of_stretch(segment: &Segment, track: u32) -> Option<(Duration, Value)> {
    let is_own = segment.kind != SegmentKind::Stalled && segment.from < segment.to;
    is_own.then(|| (segment.from, slice(segment.kind.words(), segment.from, segment.to, CLOCK, track)))
}

fn slice(name: &str, from: Duration, to: Duration, process: u32, track: u32) -> Value {
    let length = to.saturating_sub(from);
    json!({ "name": name, "ph": "X", "ts": micros(from), "dur": micros(length), "pid": process, "tid": track })
}

fn name(what: &str, process: u32, track: u32, name: &str) -> Value {
    json!({ "name": what, "ph": "M", "pid": process, "tid": track, "args": { "name": name } })
}

/// The format counts in microseconds and allows fractions; whole numbers are exact.
fn micros(time: Duration) -> Value {
    if time.subsec_nanos().is_multiple_of(1000) { json!(time.as_micros()) } else { json!(time.as_secs_f64() * 1e6) }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::{compare, events};
    use super::*;
    use std::collections::BTreeMap;
    use timeline::{record, simulate, thread};

    /// Checks the rules in the format's description.
    fn assert_well_formed(json: &str) -> usize {
        let json: Value = serde_json::from_str(json).unwrap();
        let events = json["traceEvents"].as_array().unwrap();
        let (mut latest, mut ends) = (0.0, BTreeMap::new());
        for event in events {
            assert!(event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64(), "{event}");
            let track = (event["pid"].as_u64(), event["tid"].as_u64());
            match event["ph"].as_str().unwrap() {
                "M" => assert!(event["args"]["name"].is_string(), "{event}"),
                phase => {
                    let at = event["ts"].as_f64().unwrap();
                    assert!(at >= latest, "times never decrease: {event}");
                    latest = at;
                    match phase {
                        "i" => assert_eq!(event["s"], "t"),
                        "X" => {
                            let length = event["dur"].as_f64().unwrap();
                            let end = ends.entry(track).or_insert(0.0);
                            assert!(length >= 0.0 && at >= *end, "slices of a track never overlap: {event}");
                            *end = at + length;
                        }
                        other => panic!("unknown phase {other}"),
                    }
                }
            }
        }
        ends.len()
    }

    #[test]
    fn a_trace_keeps_the_rules_of_its_format() {
        let timeline = simulate(|| {
            let twins: Vec<_> = [3, 2].map(|delay| thread::spawn(move || work(delay))).into();
            for twin in twins {
                twin.join().expect("it does not panic");
            }
        });
        let expected = events("0 ms  A  started\n5 ms  A  finished\n5 ms  A  started\n5 ms  A  finished");
        let mut comparison = compare("t", &expected, timeline.events());
        comparison.seen.trace = timeline.trace();
        // The twins and A, and three threads of which each sleeps or waits.
        assert_eq!(assert_well_formed(&perfetto(&comparison)), 6);
    }

    fn work(delay: u64) {
        record("Twin", "started");
        thread::sleep(Duration::from_millis(delay));
        record("Twin", "finished");
    }
}
