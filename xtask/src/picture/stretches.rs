//! What the clock noted, as stretches of time in a lane.

use super::lanes::{ByTask, Lane};
use std::collections::HashMap;
use std::time::Duration;
use timeline::{Event, TraceEvent, TraceKind};

/// A lane that is not free to run for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub lane: String,
    pub from: Duration,
    pub to: Duration,
    pub texture: Texture,
}

/// Why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Texture {
    /// It sleeps, and others run.
    Sleeps,
    /// It waits for what another thread does.
    Waits,
    /// It sleeps, or works, and lets nothing else run.
    Blocks,
    /// It cannot run, since another blocks.
    Stalled,
}

impl Stretch {
    /// Whether it has a place in a drawing. A sleep has none: the line from start to end tells the same.
    pub fn is_drawn(&self) -> bool {
        self.texture != Texture::Sleeps && self.from < self.to
    }
}

impl Texture {
    /// For the legend.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sleeps => "sleeps",
            Self::Waits => "waits for another thread",
            Self::Blocks => "blocks the event loop",
            Self::Stalled => "stalled by a blocking task",
        }
    }
}

/// The stretches of a run in the lanes that are shown, in the order in which they began; those of the held up come last.
pub fn stretches(
    events: &[Event],
    lanes: &[Lane],
    notes: &[TraceEvent],
    is_shown: impl Fn(&str) -> bool,
) -> Vec<Stretch> {
    let end = events.last().map_or(Duration::ZERO, |event| event.at);
    let (by_task, ends_of_waits) = (ByTask::new(lanes), ends_of_waits(notes));
    let mut all: Vec<Stretch> = Vec::new();
    for (index, note) in notes.iter().enumerate() {
        let (to, texture) = match &note.what {
            TraceKind::Sleeps(until) => (*until, Texture::Sleeps),
            TraceKind::Blocks(until) => (*until, Texture::Blocks),
            TraceKind::Waits(_) | TraceKind::WaitsUntil(..) => (ends_of_waits[index].unwrap_or(end), Texture::Waits),
            _ => continue,
        };
        all.push(Stretch { lane: lane_of(note, events, &by_task), from: note.at, to, texture });
    }
    let held_up: Vec<&Lane> = lanes.iter().filter(|lane| is_shown(&lane.name) && !lane.spans.is_empty()).collect();
    let blocks: Vec<Stretch> = all.iter().filter(|stretch| stretch.texture == Texture::Blocks).cloned().collect();
    for block in blocks {
        for lane in held_up.iter().filter(|lane| lane.name != block.lane) {
            for (start, end) in under_way_between(lane, events, block.from, block.to) {
                let from = events[*start].at.max(block.from);
                let to = end.map_or(block.to, |end| events[end].at).min(block.to);
                if from < to {
                    all.push(Stretch { lane: lane.name.clone(), from, to, texture: Texture::Stalled });
                }
            }
        }
    }
    all.retain(|stretch| is_shown(&stretch.lane));
    all
}

/// The spans that begin before one instant and end after the other. Those of a lane come one after the other.
fn under_way_between<'a>(
    lane: &'a Lane,
    events: &[Event],
    from: Duration,
    to: Duration,
) -> &'a [(usize, Option<usize>)] {
    let first = lane.spans.partition_point(|(_, end)| end.is_some_and(|end| events[end].at <= from));
    let end = lane.spans.partition_point(|(start, _)| events[*start].at < to);
    lane.spans.get(first..end).unwrap_or_default()
}

/// The lane of the task that the thread is busy with, else the thread's own.
pub fn lane_of(note: &TraceEvent, events: &[Event], lanes: &ByTask) -> String {
    let is_busy = |lane: &&&Lane| {
        // At the very instant of the end, the order of recording decides.
        let is_ahead = |event: usize| (events[event].at, event) >= (note.at, note.after);
        // No span ends after the one that began last.
        let begun = lane.spans.partition_point(|(start, _)| events[*start].at <= note.at);
        begun.checked_sub(1).is_some_and(|last| lane.spans[last].1.is_none_or(is_ahead))
    };
    lanes.of(&note.task).iter().find(is_busy).map_or(&note.lane, |lane| &lane.name).clone()
}

/// For each note, when a wait that begins with it is over.
fn ends_of_waits(notes: &[TraceEvent]) -> Vec<Option<Duration>> {
    let mut next: HashMap<&str, Duration> = HashMap::new();
    let mut ends = vec![None; notes.len()];
    for (index, note) in notes.iter().enumerate().rev() {
        ends[index] = next.get(note.lane.as_str()).copied();
        if matches!(note.what, TraceKind::Woken(_) | TraceKind::Runs) {
            next.insert(&note.lane, note.at);
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::super::lanes::lanes;
    use super::*;
    use timeline::{Timeline, record, simulate, sync::mpsc, thread};

    fn note(at: u64, task: &str, what: TraceKind) -> TraceEvent {
        TraceEvent { at: Duration::from_millis(at), after: 0, lane: "main".into(), task: task.into(), what }
    }

    fn told(events: &[Event], notes: &[TraceEvent]) -> Vec<String> {
        let all = stretches(events, &lanes(events), notes, |_| true);
        let tell = |it: &Stretch| format!("{} {}-{} {:?}", it.lane, it.from.as_millis(), it.to.as_millis(), it.texture);
        all.iter().map(tell).collect()
    }

    #[test]
    fn who_blocks_holds_up_all_that_are_under_way() {
        let text = "0 ms  A  started\n0 ms  B  started\n5 ms  A  finished\n9 ms  B  finished\n9 ms  C  started";
        let timeline: Timeline = text.parse().unwrap();
        let blocks = note(2, "A", TraceKind::Blocks(Duration::from_millis(5)));
        assert_eq!(told(timeline.events(), &[blocks]), ["A 2-5 Blocks", "B 2-5 Stalled"]);
    }

    #[test]
    fn a_thread_waits_until_it_is_woken_or_for_good() {
        let timeline = simulate(|| {
            let (sender, receiver) = mpsc::channel();
            let thread = thread::spawn(move || {
                record("Task", "started");
                thread::sleep(Duration::from_millis(3));
                sender.send(()).expect("the receiver waits");
                record("Task", "finished");
            });
            receiver.recv().expect("the sender sends");
            thread.join().expect("it does not panic");
        });
        let expected = ["main 0-3 Waits", "Task 0-3 Sleeps"];
        assert_eq!(told(timeline.events(), timeline.trace())[..2], expected);
        let forgotten = note(1, "", TraceKind::Waits("`unpark`".into()));
        assert_eq!(told(timeline.events(), &[forgotten]), ["main 1-3 Waits"]);
    }
}
