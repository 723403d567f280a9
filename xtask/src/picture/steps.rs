//! A run step by step: what happens next, and which threads are in which queue after it.

use super::lanes::{ByTask, Lane, lane_of_each, lanes};
use super::milliseconds::milliseconds;
use super::segments::lane_of;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use timeline::{Event, TraceEvent, TraceKind};

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct ReplayStep {
    #[serde(skip)]
    pub at: Duration,
    /// The task, thread or probe.
    pub lane: String,
    /// What happens, in words.
    pub says: String,
    /// Which event of the run it is, if it was recorded.
    pub event: Option<usize>,
    /// What woke which thread.
    pub wake: Option<[String; 2]>,
    /// The queues after it.
    pub state: QueueState,
}

/// Which threads are in which queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QueueState {
    /// What is running.
    pub running: Option<String>,
    /// Woken, but not running yet, in order.
    pub ready: Vec<String>,
    /// Timers with their deadlines, the earliest first.
    #[serde(serialize_with = "timers")]
    pub timers: Vec<(String, Duration)>,
    /// What is waiting, and for what.
    pub waiting: Vec<(String, String)>,
    /// Spans that have started and not ended yet.
    pub under_way: Vec<String>,
    /// For each poll that has not ended yet, what was running when it began.
    #[serde(skip)]
    polling: Vec<Option<String>>,
}

/// The thread on which a scenario begins.
const FIRST: &str = "main";

/// The lane of steps that concern no thread in particular.
const CLOCK: &str = "the clock";

/// A run step by step: recorded events and the trace, in order.
pub fn steps(events: &[Event], trace: &[TraceEvent]) -> Vec<ReplayStep> {
    let lanes = lanes(events);
    let (by_task, lane_of_each) = (ByTask::new(&lanes), lane_of_each(&lanes, events.len()));
    let mut active = ActiveLanes::new(&lanes, events.len());
    let mut state = QueueState::at_the_start(trace);
    let mut tasks = Tasks::default();
    let mut steps = Vec::with_capacity(events.len() + trace.len());
    let mut trace = trace.iter().peekable();
    for index in 0..=events.len() {
        let is_before = |trace_event: &&TraceEvent| {
            events.get(index).is_none_or(|event| trace_event.after <= index && trace_event.at <= event.at)
        };
        while let Some(trace_event) = trace.next_if(is_before) {
            tasks.learn(&trace_event.lane, &trace_event.task);
            let step = step_of(trace_event, lane_of(trace_event, events, &by_task), &mut state);
            steps.push(ReplayStep { state: tasks.named(&state), ..step });
        }
        if let Some(event) = events.get(index) {
            state.under_way = active.after(index);
            if let Some(running) = &state.running {
                tasks.learn(running, &event.task);
            }
            let says = format!("{} {}", event.task, event.what);
            let lane =
                lane_of_each.get(index).copied().flatten().map_or_else(String::new, |lane| lanes[lane].name.clone());
            steps.push(ReplayStep {
                at: event.at,
                lane,
                says,
                event: Some(index),
                wake: None,
                state: tasks.named(&state),
            });
        }
    }
    steps
}

/// The step of a trace event, and its effect on the queues.
fn step_of(trace_event: &TraceEvent, lane: String, state: &mut QueueState) -> ReplayStep {
    state.apply(trace_event, &lane);
    let wake = match &trace_event.what {
        TraceKind::Spawned(by) => Some([by.clone(), trace_event.lane.clone()]),
        TraceKind::Woken(by) => Some([waker(by).to_owned(), lane.clone()]),
        _ => None,
    };
    let says = describe(trace_event, &lane);
    let lane = if let TraceKind::Idle(_) = trace_event.what { CLOCK.to_owned() } else { lane };
    ReplayStep { at: trace_event.at, lane, says, event: None, wake, state: QueueState::default() }
}

fn describe(trace_event: &TraceEvent, lane: &str) -> String {
    let thread = &trace_event.lane;
    match &trace_event.what {
        TraceKind::Spawned(by) => format!("{thread} is spawned by {by}"),
        TraceKind::Woken(by) => format!("{thread} is woken by {}", waker(by)),
        TraceKind::Runs => format!("{thread} runs"),
        TraceKind::Polled => format!("{thread} is polled"),
        TraceKind::PollEnded(true) => format!("{thread} returns Ready"),
        TraceKind::PollEnded(false) => format!("{thread} returns Pending"),
        TraceKind::Ended => format!("{thread} ends"),
        TraceKind::Sleeps(until) => format!("{thread} sleeps until {} ms", milliseconds(*until)),
        TraceKind::Waits(what) => format!("{thread} waits for {what}"),
        TraceKind::WaitsUntil(what, until) => {
            format!("{thread} waits for {what}, until {} ms at most", milliseconds(*until))
        }
        TraceKind::Blocks(until) => format!("{lane} blocks the event loop until {} ms", milliseconds(*until)),
        TraceKind::Idle(until) => {
            format!("nothing is ready: the clock advances to the next timer, at {} ms", milliseconds(*until))
        }
    }
}

/// What has woken a thread; the clock has no name.
fn waker(by: &str) -> &str {
    if by.is_empty() { CLOCK } else { by }
}

/// The task that each thread was last busy with, if it has recorded one.
#[derive(Default)]
struct Tasks(BTreeMap<String, String>);

impl Tasks {
    fn learn(&mut self, thread: &str, task: &str) {
        if !task.is_empty() {
            self.0.insert(thread.to_owned(), task.to_owned());
        }
    }

    /// `thread 1 (Task 2)`: the lanes of a picture have the names of tasks.
    fn name(&self, thread: &str) -> String {
        match self.0.get(thread) {
            Some(task) if task != thread => format!("{thread} ({task})"),
            _ => thread.to_owned(),
        }
    }

    fn named(&self, state: &QueueState) -> QueueState {
        QueueState {
            running: state.running.as_ref().map(|thread| self.name(thread)),
            ready: state.ready.iter().map(|thread| self.name(thread)).collect(),
            timers: state.timers.iter().map(|(thread, until)| (self.name(thread), *until)).collect(),
            waiting: state.waiting.iter().map(|(thread, what)| (self.name(thread), what.clone())).collect(),
            ..state.clone()
        }
    }
}

impl QueueState {
    /// In a simulation with threads, the first one runs from the beginning. Of a runtime's tasks, only the probes are noted.
    fn at_the_start(trace: &[TraceEvent]) -> Self {
        let is_of_a_thread = |trace_event: &TraceEvent| {
            matches!(
                trace_event.what,
                TraceKind::Spawned(_) | TraceKind::Sleeps(_) | TraceKind::Waits(_) | TraceKind::WaitsUntil(..)
            )
        };
        Self { running: trace.iter().any(is_of_a_thread).then(|| FIRST.to_owned()), ..Self::default() }
    }

    /// Moves threads between the queues as the trace event says.
    fn apply(&mut self, trace_event: &TraceEvent, lane: &str) {
        let thread = &trace_event.lane;
        match &trace_event.what {
            TraceKind::Spawned(_) => self.ready.push(thread.clone()),
            TraceKind::Woken(_) => {
                self.leave(thread);
                self.ready.push(thread.clone());
            }
            TraceKind::Runs => self.runs(thread),
            TraceKind::Polled => {
                self.polling.push(self.running.take());
                self.runs(thread);
            }
            TraceKind::PollEnded(is_ready) => {
                // A wake during the poll counts.
                if *is_ready || !self.ready.contains(thread) {
                    self.leave(thread);
                }
                if !is_ready && !self.ready.contains(thread) {
                    self.waiting.push((thread.clone(), "a wake".to_owned()));
                }
                self.running = self.polling.pop().flatten();
            }
            TraceKind::Ended => self.leave(thread),
            TraceKind::Sleeps(until) => {
                self.leave(thread);
                self.set_timer(thread, *until);
            }
            TraceKind::Waits(what) => {
                self.leave(thread);
                self.waiting.push((thread.clone(), what.clone()));
            }
            TraceKind::WaitsUntil(what, until) => {
                self.leave(thread);
                self.set_timer(thread, *until);
                self.waiting.push((thread.clone(), what.clone()));
            }
            TraceKind::Blocks(_) => self.running = Some(lane.to_owned()),
            TraceKind::Idle(_) => self.running = None,
        }
    }

    fn set_timer(&mut self, thread: &str, until: Duration) {
        let place = self.timers.partition_point(|(_, other)| *other <= until);
        self.timers.insert(place, (thread.to_owned(), until));
    }

    fn leave(&mut self, thread: &str) {
        self.ready.retain(|other| other != thread);
        self.timers.retain(|(other, _)| other != thread);
        self.waiting.retain(|(other, _)| other != thread);
        self.running.take_if(|other| other == thread);
    }

    fn runs(&mut self, thread: &str) {
        self.leave(thread);
        self.running = Some(thread.to_owned());
    }
}

/// How many spans under way are named: no browser opens a page with thousands of names at each of thousands of steps.
const MOST_UNDER_WAY: usize = 50;

/// The spans that are under way, event by event.
struct ActiveLanes<'a> {
    lanes: &'a [Lane],
    busy: BTreeSet<usize>,
    /// For each event, the lane whose span it starts or ends.
    changes: Vec<Option<(usize, bool)>>,
}

impl<'a> ActiveLanes<'a> {
    fn new(lanes: &'a [Lane], events: usize) -> Self {
        let mut changes = vec![None; events];
        for (number, lane) in lanes.iter().enumerate() {
            for (start, end) in &lane.spans {
                changes[*start] = Some((number, true));
                if let Some(end) = end {
                    changes[*end] = Some((number, false));
                }
            }
        }
        Self { lanes, busy: BTreeSet::new(), changes }
    }

    /// The spans under way after this event. Events must be asked for in order.
    fn after(&mut self, event: usize) -> Vec<String> {
        match self.changes[event] {
            Some((lane, true)) => drop(self.busy.insert(lane)),
            Some((lane, false)) => drop(self.busy.remove(&lane)),
            None => {}
        }
        let names = self.busy.iter().take(MOST_UNDER_WAY).map(|lane| self.lanes[*lane].name.clone());
        let more = self.busy.len().saturating_sub(MOST_UNDER_WAY);
        names.chain((more > 0).then(|| format!("{more} more"))).collect()
    }
}

fn timers<S: serde::Serializer>(timers: &[(String, Duration)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(timers.iter().map(|(thread, until)| (thread, milliseconds(*until))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use timeline::{record, simulate, thread};

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn queues_follow_from_the_trace() {
        let timeline = simulate(|| {
            let sleeper = thread::spawn(|| thread::sleep(3 * MILLISECOND));
            thread::spawn(|| thread::sleep(2 * MILLISECOND));
            thread::spawn(|| record("Third", "started"));
            record("main", "spawned all");
            sleeper.join().expect("it does not panic");
            record("main", "joined one");
        });
        let steps = steps(timeline.events(), timeline.trace());
        let at = |instant| steps.iter().take_while(|step| step.at <= instant).last().unwrap().state.clone();
        let first = at(Duration::ZERO);
        assert_eq!(first.timers, [("thread 2".into(), 2 * MILLISECOND), ("thread 1".into(), 3 * MILLISECOND)]);
        assert_eq!(first.waiting, [("main".into(), "the end of thread 1".into())]);
        assert_eq!(at(2 * MILLISECOND).timers, [("thread 1".into(), 3 * MILLISECOND)]);
        assert_eq!(at(3 * MILLISECOND).running.as_deref(), Some("main"));
        let spawned = steps.iter().position(|step| step.says == "main spawned all").unwrap();
        assert_eq!(steps[spawned].state.ready, ["thread 1", "thread 2", "thread 3"]);
        let running = |says: &str| steps.iter().find(|step| step.says == says)?.state.running.clone();
        assert_eq!(running("main spawned all").as_deref(), Some("main"));
        assert_eq!(running("Third started").as_deref(), Some("thread 3 (Third)"));
        assert!(steps.iter().any(|step| step.wake == Some(["thread 1".into(), "main".into()])));
    }

    #[test]
    fn a_poller_runs_again_after_an_inner_poll() {
        let trace_event = |thread: &str, what| TraceEvent {
            at: Duration::ZERO,
            after: 0,
            lane: thread.into(),
            task: String::new(),
            what,
        };
        let trace = [
            trace_event("both", TraceKind::Polled),
            trace_event("first", TraceKind::Polled),
            trace_event("first", TraceKind::PollEnded(false)),
            trace_event("both", TraceKind::PollEnded(false)),
        ];
        let running: Vec<Option<String>> = steps(&[], &trace).into_iter().map(|step| step.state.running).collect();
        assert_eq!(running, [Some("both"), Some("first"), Some("both"), None].map(|thread| thread.map(str::to_owned)));
    }

    #[test]
    fn a_wait_with_a_deadline_has_a_timer_until_the_wake() {
        let trace_event =
            |what| TraceEvent { at: Duration::ZERO, after: 0, lane: "main".into(), task: String::new(), what };
        let trace = [
            trace_event(TraceKind::WaitsUntil("`unpark`".into(), 5 * MILLISECOND)),
            trace_event(TraceKind::Woken("thread 1".into())),
        ];
        let steps = steps(&[], &trace);
        assert_eq!(steps[0].says, "main waits for `unpark`, until 5 ms at most");
        assert_eq!(steps[0].state.timers, [("main".into(), 5 * MILLISECOND)]);
        assert_eq!(steps[0].state.waiting, [("main".into(), "`unpark`".into())]);
        assert_eq!((steps[1].state.timers.len(), steps[1].state.waiting.len()), (0, 0));
    }
}
