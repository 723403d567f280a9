//! What the clock noted, as stretches of time in a lane.

use super::lanes::Lane;
use std::time::Duration;
use timeline::{Event, Note, Noted};

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

/// All stretches of a run, in the order in which they began; those of the held up come last.
pub fn stretches(events: &[Event], lanes: &[Lane], notes: &[Note]) -> Vec<Stretch> {
    let end = events.last().map_or(Duration::ZERO, |event| event.at);
    let mut all: Vec<Stretch> = Vec::new();
    for (index, note) in notes.iter().enumerate() {
        let (to, texture) = match &note.what {
            Noted::Sleeps(until) => (*until, Texture::Sleeps),
            Noted::Blocks(until) => (*until, Texture::Blocks),
            Noted::Waits(_) | Noted::WaitsUntil(..) => (end_of_wait(&notes[index..]).unwrap_or(end), Texture::Waits),
            _ => continue,
        };
        all.push(Stretch { lane: lane_of(note, events, lanes), from: note.at, to, texture });
    }
    let blocks: Vec<Stretch> = all.iter().filter(|stretch| stretch.texture == Texture::Blocks).cloned().collect();
    for block in blocks {
        for lane in lanes.iter().filter(|lane| lane.name != block.lane) {
            for (start, end) in &lane.spans {
                let from = events[*start].at.max(block.from);
                let to = end.map_or(block.to, |end| events[end].at).min(block.to);
                if from < to {
                    all.push(Stretch { lane: lane.name.clone(), from, to, texture: Texture::Stalled });
                }
            }
        }
    }
    all
}

/// The lane of the task that the thread is busy with, else the thread's own.
pub fn lane_of(note: &Note, events: &[Event], lanes: &[Lane]) -> String {
    let is_busy = |lane: &&Lane| {
        // At the very instant of the end, the order of recording decides.
        let is_ahead = |event: usize| (events[event].at, event) >= (note.at, note.after);
        let is_open = |(start, end): &(usize, Option<usize>)| events[*start].at <= note.at && end.is_none_or(is_ahead);
        (lane.name == note.task || lane.name.starts_with(&format!("{} (", note.task))) && lane.spans.iter().any(is_open)
    };
    lanes.iter().find(is_busy).map_or(&note.lane, |lane| &lane.name).clone()
}

/// When a wait that begins with the first of the notes is over.
fn end_of_wait(notes: &[Note]) -> Option<Duration> {
    let wait = notes.first()?;
    let is_over = |note: &&Note| note.lane == wait.lane && matches!(note.what, Noted::Woken(_) | Noted::Runs);
    notes.iter().find(is_over).map(|note| note.at)
}

#[cfg(test)]
mod tests {
    use super::super::lanes::lanes;
    use super::*;
    use timeline::{Timeline, record, simulate, sync::mpsc, thread};

    fn note(at: u64, task: &str, what: Noted) -> Note {
        Note { at: Duration::from_millis(at), after: 0, lane: "main".into(), task: task.into(), what }
    }

    fn told(events: &[Event], notes: &[Note]) -> Vec<String> {
        let all = stretches(events, &lanes(events), notes);
        let tell = |it: &Stretch| format!("{} {}-{} {:?}", it.lane, it.from.as_millis(), it.to.as_millis(), it.texture);
        all.iter().map(tell).collect()
    }

    #[test]
    fn who_blocks_holds_up_all_that_are_under_way() {
        let text = "0 ms  A  started\n0 ms  B  started\n5 ms  A  finished\n9 ms  B  finished\n9 ms  C  started";
        let timeline: Timeline = text.parse().unwrap();
        let blocks = note(2, "A", Noted::Blocks(Duration::from_millis(5)));
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
        assert_eq!(told(timeline.events(), timeline.notes())[..2], expected);
        let forgotten = note(1, "", Noted::Waits("`unpark`".into()));
        assert_eq!(told(timeline.events(), &[forgotten]), ["main 1-3 Waits"]);
    }
}
