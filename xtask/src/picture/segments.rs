//! What the clock noted, as segments of lanes.

use super::lanes::{ByTask, Lane};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use timeline::{Event, TraceEvent, TraceKind};

/// A period in which a lane cannot run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub lane: String,
    pub from: Duration,
    pub to: Duration,
    pub kind: SegmentKind,
}

/// Why a lane cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentKind {
    /// It sleeps, and others run.
    Sleeps,
    /// It waits for another thread.
    Waits,
    /// It sleeps or works without letting anything else run.
    Blocks,
    /// It is stalled by another task that blocks.
    Stalled,
}

impl Segment {
    /// Whether drawings show it. They do not show a sleep, since the line from start to end says the same.
    pub fn is_drawn(&self) -> bool {
        self.kind != SegmentKind::Sleeps && self.from < self.to
    }
}

impl SegmentKind {
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

/// The segments of a run in the lanes that are shown, in the order in which they began; the stalled ones come last. Blocks times
/// lanes may be millions, so at most `most_stalled` pairs of a block and a stalled lane are looked at.
pub fn segments(
    events: &[Event],
    lanes: &[Lane],
    trace: &[TraceEvent],
    is_shown: impl Fn(&str) -> bool,
    most_stalled: usize,
) -> Segments {
    let end = events.last().map_or(Duration::ZERO, |event| event.at);
    let (by_task, ends_of_waits) = (ByTask::new(lanes), ends_of_waits(trace));
    let mut all: Vec<Segment> = Vec::new();
    for (index, trace_event) in trace.iter().enumerate() {
        let (to, kind) = match &trace_event.what {
            TraceKind::Sleeps(until) => (*until, SegmentKind::Sleeps),
            TraceKind::Blocks(until) => (*until, SegmentKind::Blocks),
            TraceKind::Waits(_) | TraceKind::WaitsUntil(..) => {
                (ends_of_waits[index].unwrap_or(end), SegmentKind::Waits)
            }
            _ => continue,
        };
        all.push(Segment { lane: lane_of(trace_event, events, &by_task), from: trace_event.at, to, kind });
    }
    let shown: Vec<&Lane> = lanes.iter().filter(|lane| is_shown(&lane.name)).collect();
    let mut blocks: Vec<&Segment> = all.iter().filter(|segment| segment.kind == SegmentKind::Blocks).collect();
    blocks.sort_by_key(|block| block.from);
    let mut stalls = Stalls { spans: spans_by_start(&shown, events), left: most_stalled, ..Stalls::default() };
    for block in blocks {
        stalls.add(block, &shown);
    }
    all.retain(|segment| is_shown(&segment.lane));
    all.extend(stalls.segments);
    Segments { all, is_complete: !stalls.is_cut }
}

/// The segments of a run.
#[derive(Debug)]
pub struct Segments {
    pub all: Vec<Segment>,
    /// Whether no stalled segment was left out.
    pub is_complete: bool,
}

/// A period in which a lane is busy.
#[derive(Debug, Clone, Copy)]
struct Span {
    lane: usize,
    from: Duration,
    /// Without an end, it never ended.
    to: Option<Duration>,
}

fn spans_by_start(lanes: &[&Lane], events: &[Event]) -> VecDeque<Span> {
    let of_lane = |(index, lane): (usize, &&Lane)| -> Vec<Span> {
        let span = |(start, end): &(usize, Option<usize>)| Span {
            lane: index,
            from: events[*start].at,
            to: end.map(|end| events[end].at),
        };
        lane.spans.iter().map(span).collect()
    };
    let mut spans: Vec<Span> = lanes.iter().enumerate().flat_map(of_lane).collect();
    spans.sort_by_key(|span| span.from);
    spans.into()
}

/// Finds the spans that are stalled by blocks, block by block in the order of time.
#[derive(Default)]
struct Stalls {
    /// The spans that have not begun yet, and those that are under way.
    spans: VecDeque<Span>,
    under_way: Vec<Span>,
    segments: Vec<Segment>,
    /// For each lane, its last segment.
    last: HashMap<usize, usize>,
    /// How many more spans may be looked at, and whether there were more.
    left: usize,
    is_cut: bool,
}

impl Stalls {
    fn add(&mut self, block: &Segment, lanes: &[&Lane]) {
        if self.is_cut {
            return;
        }
        while let Some(span) = self.spans.front().copied().filter(|span| span.from < block.to) {
            self.spans.pop_front();
            self.under_way.push(span);
        }
        self.under_way.retain(|span| span.to.is_none_or(|to| to > block.from));
        for span in &self.under_way {
            if self.left == 0 {
                self.is_cut = true;
                return;
            }
            self.left -= 1;
            let (from, to) = (span.from.max(block.from), span.to.map_or(block.to, |to| to.min(block.to)));
            if from >= to || lanes[span.lane].name == block.lane {
                continue;
            }
            // Blocks that follow each other stall a lane once.
            if let Some(last) = self.last.get(&span.lane).map(|last| &mut self.segments[*last])
                && last.to == from
            {
                last.to = to;
            } else {
                self.last.insert(span.lane, self.segments.len());
                let lane = lanes[span.lane].name.clone();
                self.segments.push(Segment { lane, from, to, kind: SegmentKind::Stalled });
            }
        }
    }
}

/// The lane of the task that the thread is busy with, or else the thread's own lane.
pub fn lane_of(trace_event: &TraceEvent, events: &[Event], lanes: &ByTask) -> String {
    let is_busy = |lane: &&&Lane| {
        // At the instant of the end itself, the order of recording decides.
        let is_ahead = |event: usize| (events[event].at, event) >= (trace_event.at, trace_event.after);
        // No span ends after the one that began last.
        let begun = lane.spans.partition_point(|(start, _)| events[*start].at <= trace_event.at);
        begun.checked_sub(1).is_some_and(|last| lane.spans[last].1.is_none_or(is_ahead))
    };
    lanes.of(&trace_event.task).iter().find(is_busy).map_or(&trace_event.lane, |lane| &lane.name).clone()
}

/// For each trace event, the end of a wait that begins with it.
fn ends_of_waits(trace: &[TraceEvent]) -> Vec<Option<Duration>> {
    let mut next: HashMap<&str, Duration> = HashMap::new();
    let mut ends = vec![None; trace.len()];
    for (index, trace_event) in trace.iter().enumerate().rev() {
        ends[index] = next.get(trace_event.lane.as_str()).copied();
        if matches!(trace_event.what, TraceKind::Woken(_) | TraceKind::Runs) {
            next.insert(&trace_event.lane, trace_event.at);
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::super::lanes::lanes;
    use super::*;
    use timeline::{Timeline, record, simulate, sync::mpsc, thread};

    fn trace_event(at: u64, task: &str, what: TraceKind) -> TraceEvent {
        TraceEvent { at: Duration::from_millis(at), after: 0, lane: "main".into(), task: task.into(), what }
    }

    fn describe(events: &[Event], trace: &[TraceEvent]) -> Vec<String> {
        let all = segments(events, &lanes(events), trace, |_| true, usize::MAX).all;
        let tell = |it: &Segment| format!("{} {}-{} {:?}", it.lane, it.from.as_millis(), it.to.as_millis(), it.kind);
        all.iter().map(tell).collect()
    }

    #[test]
    fn a_blocking_task_stalls_every_task_under_way() {
        let text = "0 ms  A  started\n0 ms  B  started\n5 ms  A  finished\n9 ms  B  finished\n9 ms  C  started";
        let timeline: Timeline = text.parse().unwrap();
        let blocks = trace_event(2, "A", TraceKind::Blocks(Duration::from_millis(5)));
        assert_eq!(describe(timeline.events(), &[blocks]), ["A 2-5 Blocks", "B 2-5 Stalled"]);
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
        assert_eq!(describe(timeline.events(), timeline.trace())[..2], expected);
        let forgotten = trace_event(1, "", TraceKind::Waits("`unpark`".into()));
        assert_eq!(describe(timeline.events(), &[forgotten]), ["main 1-3 Waits"]);
    }

    /// Every task is under way during every block: drawn one by one, these would be millions.
    #[test]
    fn adjacent_blocks_stall_a_lane_once_and_the_rest_is_limited() {
        let mut lines: Vec<String> = (0..2000).map(|task| format!("0 ms  T{task}  started")).collect();
        lines.extend(["0 ms  A  started", "9000 ms  A  finished"].map(str::to_owned));
        let timeline: Timeline = lines.join("\n").parse().unwrap();
        let blocks = |gap: u64| -> Vec<TraceEvent> {
            let block = |at: u64| trace_event(at, "A", TraceKind::Blocks(Duration::from_millis(at + 1)));
            (0..2000).map(|number| block(number * (1 + gap))).collect()
        };
        let found =
            |trace: &[TraceEvent]| segments(timeline.events(), &lanes(timeline.events()), trace, |_| true, 10_000);
        let few = found(&blocks(0)[..2]);
        assert_eq!((few.all.len(), few.is_complete), (2 + 2000, true));
        let many = found(&blocks(1));
        assert!((2000 + 9_990..=2000 + 10_000).contains(&many.all.len()) && !many.is_complete, "{}", many.all.len());
    }
}
