//! Trace events as Chrome and [Perfetto](https://ui.perfetto.dev) read them: a process a run, a thread a lane.

use super::super::lanes::{Lane, lanes};
use super::super::stretches::{Stretch, Texture, stretches};
use super::{Story, Told};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use timeline::Event;

/// The trace, as JSON. Slices of one track never overlap: what overlaps has tracks of its own.
pub fn perfetto(story: &Story) -> String {
    let (mut names, mut slices) = (Vec::new(), Vec::new());
    for ((side, Told { events, .. }), process) in story.sides().into_iter().zip(1..) {
        names.push(name("process_name", process, 0, side));
        for (lane, track) in lanes(events).iter().zip(1..) {
            names.push(name("thread_name", process, track, &lane.name));
            slices.extend(of_lane(lane, events, process, track));
        }
    }
    let mut tracks: BTreeMap<String, u32> = BTreeMap::new();
    // Lanes say what was recorded; beside them, each thread says what it waited for.
    for stretch in stretches(story.seen.events, &[], story.seen.notes, |_| true) {
        let next = u32::try_from(tracks.len()).expect("tracks are few") + 1;
        let track = *tracks.entry(stretch.lane.clone()).or_insert(next);
        slices.extend(of_stretch(&stretch, track));
    }
    if !tracks.is_empty() {
        names.push(name("process_name", CLOCK, 0, "noted by the clock"));
    }
    names.extend(tracks.iter().map(|(lane, track)| name("thread_name", CLOCK, *track, lane)));
    // A slice begins before what happens in it at the same instant.
    slices.sort_by_key(|(at, _)| *at);
    let events: Vec<Value> = names.into_iter().chain(slices.into_iter().map(|(_, slice)| slice)).collect();
    let trace = json!({ "displayTimeUnit": "ms", "otherData": { "title": story.title }, "traceEvents": events });
    format!("{trace}\n")
}

/// The process of the clock's notes.
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

fn of_stretch(stretch: &Stretch, track: u32) -> Option<(Duration, Value)> {
    let is_own = stretch.texture != Texture::Stalled && stretch.from < stretch.to;
    is_own.then(|| (stretch.from, slice(stretch.texture.words(), stretch.from, stretch.to, CLOCK, track)))
}

fn slice(name: &str, from: Duration, to: Duration, process: u32, track: u32) -> Value {
    let length = to.saturating_sub(from);
    json!({ "name": name, "ph": "X", "ts": micros(from), "dur": micros(length), "pid": process, "tid": track })
}

fn name(what: &str, process: u32, track: u32, name: &str) -> Value {
    json!({ "name": what, "ph": "M", "pid": process, "tid": track, "args": { "name": name } })
}

/// The format counts in microseconds. It knows fractions; whole numbers are exact.
fn micros(time: Duration) -> Value {
    if time.subsec_nanos().is_multiple_of(1000) { json!(time.as_micros()) } else { json!(time.as_secs_f64() * 1e6) }
}

#[cfg(test)]
mod tests {
    use super::super::{events, told};
    use super::*;
    use std::collections::BTreeMap;
    use timeline::{record, simulate, thread};

    /// The rules of the format, as its description has them.
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
        let mut story = told("t", &expected, timeline.events());
        story.seen.notes = timeline.trace();
        // The twins and A, and three threads of which each sleeps or waits.
        assert_eq!(assert_well_formed(&perfetto(&story)), 6);
    }

    fn work(delay: u64) {
        record("Twin", "started");
        thread::sleep(Duration::from_millis(delay));
        record("Twin", "finished");
    }
}
