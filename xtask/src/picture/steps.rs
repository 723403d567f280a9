//! A run step by step: what happens next, and who is in which queue after it.

use super::lanes::{ByTask, Lane, lane_of_each, lanes};
use super::milliseconds;
use super::stretches::lane_of;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use timeline::{Event, TraceEvent, TraceKind};

/// One thing that happens.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    #[serde(skip)]
    pub at: Duration,
    /// The task, thread or probe.
    pub lane: String,
    /// What happens, in words.
    pub says: String,
    /// Which event of the run it is, if it was recorded.
    pub event: Option<usize>,
    /// Who woke whom.
    pub wake: Option<[String; 2]>,
    /// How things stand after it.
    pub state: State,
}

/// Who is in which queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// Who runs.
    pub running: Option<String>,
    /// Woken, and not yet running, in order.
    pub ready: Vec<String>,
    /// Who sleeps until when, the earliest first.
    #[serde(serialize_with = "timers")]
    pub timers: Vec<(String, Duration)>,
    /// Who waits for what.
    pub waiting: Vec<(String, String)>,
    /// What has started and not yet finished.
    pub under_way: Vec<String>,
    /// Who ran when the polls began that have not yet ended.
    #[serde(skip)]
    polling: Vec<Option<String>>,
}

/// The thread that a scenario begins on.
const FIRST: &str = "main";

/// Steps of this name happen to nobody in particular.
const CLOCK: &str = "the clock";

/// A run step by step: what was recorded and what the clock noted, in one order.
pub fn steps(events: &[Event], notes: &[TraceEvent]) -> Vec<Step> {
    let lanes = lanes(events);
    let (by_task, lane_of_each) = (ByTask::new(&lanes), lane_of_each(&lanes, events.len()));
    let mut open = Open::new(&lanes, events.len());
    let mut state = State::at_the_start(notes);
    let mut tasks = Tasks::default();
    let mut steps = Vec::with_capacity(events.len() + notes.len());
    let mut notes = notes.iter().peekable();
    for index in 0..=events.len() {
        let is_before =
            |note: &&TraceEvent| events.get(index).is_none_or(|event| note.after <= index && note.at <= event.at);
        while let Some(note) = notes.next_if(is_before) {
            tasks.learn(&note.lane, &note.task);
            let step = noted(note, lane_of(note, events, &by_task), &mut state);
            steps.push(Step { state: tasks.named(&state), ..step });
        }
        if let Some(event) = events.get(index) {
            state.under_way = open.after(index);
            if let Some(running) = &state.running {
                tasks.learn(running, &event.task);
            }
            let says = format!("{} {}", event.task, event.what);
            let lane =
                lane_of_each.get(index).copied().flatten().map_or_else(String::new, |lane| lanes[lane].name.clone());
            steps.push(Step { at: event.at, lane, says, event: Some(index), wake: None, state: tasks.named(&state) });
        }
    }
    steps
}

fn noted(note: &TraceEvent, lane: String, state: &mut State) -> Step {
    let mut wake = None;
    let who = &note.lane;
    let says = match &note.what {
        TraceKind::Spawned(by) => {
            state.ready.push(who.clone());
            wake = Some([by.clone(), who.clone()]);
            format!("{who} is spawned by {by}")
        }
        TraceKind::Woken(by) => {
            let by = if by.is_empty() { CLOCK } else { by };
            state.leave(who);
            state.ready.push(who.clone());
            wake = Some([by.to_owned(), lane.clone()]);
            format!("{who} is woken by {by}")
        }
        TraceKind::Runs => {
            state.runs(who);
            format!("{who} runs")
        }
        TraceKind::Polled => {
            state.polling.push(state.running.take());
            state.runs(who);
            format!("{who} is polled")
        }
        TraceKind::PollEnded(true) => {
            state.leave(who);
            state.running = state.polling.pop().flatten();
            format!("{who} returns Ready")
        }
        TraceKind::PollEnded(false) => {
            // A wake during the poll is kept.
            let is_woken = state.ready.contains(who);
            if !is_woken {
                state.leave(who);
                state.waiting.push((who.clone(), "a wake".to_owned()));
            }
            state.running = state.polling.pop().flatten();
            format!("{who} returns Pending")
        }
        TraceKind::Ended => {
            state.leave(who);
            format!("{who} ends")
        }
        TraceKind::Sleeps(until) => {
            state.leave(who);
            state.set_timer(who, *until);
            format!("{who} sleeps until {} ms", milliseconds(*until))
        }
        TraceKind::Waits(what) => {
            state.leave(who);
            state.waiting.push((who.clone(), what.clone()));
            format!("{who} waits for {what}")
        }
        TraceKind::WaitsUntil(what, until) => {
            state.leave(who);
            state.set_timer(who, *until);
            state.waiting.push((who.clone(), what.clone()));
            format!("{who} waits for {what}, until {} ms at most", milliseconds(*until))
        }
        TraceKind::Blocks(until) => {
            state.running = Some(lane.clone());
            format!("{lane} blocks the event loop until {} ms", milliseconds(*until))
        }
        TraceKind::Idle(until) => {
            state.running = None;
            format!("nobody has anything to do: the clock moves on to the next timer, at {} ms", milliseconds(*until))
        }
    };
    let lane = if let TraceKind::Idle(_) = note.what { CLOCK.to_owned() } else { lane };
    Step { at: note.at, lane, says, event: None, wake, state: State::default() }
}

/// Which task each thread was last busy with, as far as it has recorded one.
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

    fn named(&self, state: &State) -> State {
        State {
            running: state.running.as_ref().map(|who| self.name(who)),
            ready: state.ready.iter().map(|who| self.name(who)).collect(),
            timers: state.timers.iter().map(|(who, until)| (self.name(who), *until)).collect(),
            waiting: state.waiting.iter().map(|(who, what)| (self.name(who), what.clone())).collect(),
            ..state.clone()
        }
    }
}

impl State {
    /// Where threads run, the first of them runs from the beginning. Of a runtime's tasks only the probes are noted.
    fn at_the_start(notes: &[TraceEvent]) -> Self {
        let is_of_a_thread = |note: &TraceEvent| {
            matches!(
                note.what,
                TraceKind::Spawned(_) | TraceKind::Sleeps(_) | TraceKind::Waits(_) | TraceKind::WaitsUntil(..)
            )
        };
        Self { running: notes.iter().any(is_of_a_thread).then(|| FIRST.to_owned()), ..Self::default() }
    }

    fn set_timer(&mut self, who: &str, until: Duration) {
        let place = self.timers.partition_point(|(_, other)| *other <= until);
        self.timers.insert(place, (who.to_owned(), until));
    }

    fn leave(&mut self, who: &str) {
        self.ready.retain(|other| other != who);
        self.timers.retain(|(other, _)| other != who);
        self.waiting.retain(|(other, _)| other != who);
        self.running.take_if(|other| other == who);
    }

    fn runs(&mut self, who: &str) {
        self.leave(who);
        self.running = Some(who.to_owned());
    }
}

/// So many names of what is under way are told: a page with thousands of names at each of thousands of steps opens nowhere.
const MOST_UNDER_WAY: usize = 50;

/// What has started and not yet finished, event by event.
struct Open<'a> {
    lanes: &'a [Lane],
    busy: BTreeSet<usize>,
    /// For each event, the lane that it opens or closes.
    changes: Vec<Option<(usize, bool)>>,
}

impl<'a> Open<'a> {
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

    /// How things stand after this event, which comes after the one that was asked about before.
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
    serializer.collect_seq(timers.iter().map(|(who, until)| (who, milliseconds(*until))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use timeline::{record, simulate, thread};

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn queues_follow_from_the_notes() {
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
    fn who_polls_another_runs_again_afterwards() {
        let note =
            |who: &str, what| TraceEvent { at: Duration::ZERO, after: 0, lane: who.into(), task: String::new(), what };
        let notes = [
            note("both", TraceKind::Polled),
            note("first", TraceKind::Polled),
            note("first", TraceKind::PollEnded(false)),
            note("both", TraceKind::PollEnded(false)),
        ];
        let running: Vec<Option<String>> = steps(&[], &notes).into_iter().map(|step| step.state.running).collect();
        assert_eq!(running, [Some("both"), Some("first"), Some("both"), None].map(|who| who.map(str::to_owned)));
    }

    #[test]
    fn who_waits_with_a_deadline_has_a_timer_until_it_is_woken() {
        let note = |what| TraceEvent { at: Duration::ZERO, after: 0, lane: "main".into(), task: String::new(), what };
        let notes = [
            note(TraceKind::WaitsUntil("`unpark`".into(), 5 * MILLISECOND)),
            note(TraceKind::Woken("thread 1".into())),
        ];
        let steps = steps(&[], &notes);
        assert_eq!(steps[0].says, "main waits for `unpark`, until 5 ms at most");
        assert_eq!(steps[0].state.timers, [("main".into(), 5 * MILLISECOND)]);
        assert_eq!(steps[0].state.waiting, [("main".into(), "`unpark`".into())]);
        assert_eq!((steps[1].state.timers.len(), steps[1].state.waiting.len()), (0, 0));
    }
}
