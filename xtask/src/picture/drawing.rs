//! The picture for a terminal.

use super::difference::{self, Difference};
use super::lanes::{Lane, lanes};
use super::moments::{Arranged, Moment, RunLanes, arrange};
use super::runs::{runs, trace_of_run};
use super::scale::Scale;
use super::segments::{Segment, SegmentKind, segments};
use super::symbols::{ASCII, Strokes, Symbols, UNICODE};
use super::window::{self, EXPECTED, SEEN};
use crate::terminal::shorten::shorten;
use crate::terminal::style::{DIM, GREEN, RED, Terminal, YELLOW, paint};
use std::collections::BTreeSet;
use std::ops::Range;
use timeline::{Event, TraceEvent};

/// Below this width, there is no room for a picture.
const NARROWEST: usize = 40;

/// A picture above a list must leave the list in sight.
const MOST_LINES: usize = 30;

/// With more lanes, it is not a picture any more.
const MOST_LANES: usize = 24;

/// Shown in a lane that only the other run has.
const NOTHING: &str = "(nothing)";

/// Nobody reads a picture of more events.
pub const MOST_EVENTS: usize = 4000;

/// A picture of one run, or of two that should be equal.
#[derive(Debug)]
pub struct Drawing {
    /// Its lines, coloured.
    pub text: String,
    /// How many tasks there are.
    pub lanes: usize,
    /// How many instants there are, the beginning among them.
    pub moments: usize,
    /// How many of the instants are not shown.
    pub hidden: usize,
}

impl Drawing {
    /// What was expected and what was seen, in one picture; none where there is no room for it. The trace is that of the
    /// seen run.
    pub fn new(expected: &[Event], seen: &[Event], trace: &[TraceEvent], terminal: Terminal) -> Option<Self> {
        let is_in_reach = (1..=MOST_EVENTS).contains(&expected.len().max(seen.len()));
        if terminal.width < NARROWEST || !is_in_reach {
            return None;
        }
        let events = [expected, seen];
        let lanes = events.map(lanes);
        let [left, right] = [EXPECTED, SEEN].map(|run| RunLanes { events: events[run], lanes: &lanes[run] });
        let arranged = arrange(left, right);
        let difference = difference::first(expected, seen);
        let mut canvas = Canvas::new(events, &lanes, &arranged, difference.as_ref(), terminal)?;
        let is_shown = |lane: &str| canvas.names.contains(&lane);
        let segments = segments(seen, &lanes[SEEN], trace, is_shown, usize::MAX).all;
        canvas.segments = &segments;
        Some(Self {
            text: canvas.lines().into_iter().map(|line| line.trim_end().to_owned() + "\n").collect(),
            lanes: canvas.names.len(),
            moments: arranged.moments.len(),
            hidden: arranged.moments.len() - canvas.window.len(),
        })
    }

    /// Whether it shows what a list of events does not: several tasks, and the passing of time.
    pub fn adds_information(&self) -> bool {
        self.lanes > 1 && self.moments > 1 && self.hidden == 0 && self.text.lines().count() <= MOST_LINES
    }
}

/// A picture of the first run in which something else was seen than expected; none if there is none, or no room.
pub fn of_first_difference(
    expected: &str,
    seen: &str,
    traces: &[Vec<TraceEvent>],
    terminal: Terminal,
) -> Option<Drawing> {
    let (expected, seen) = (runs(expected)?, runs(seen)?);
    let run = (0..expected.len().max(seen.len())).find(|run| expected.get(*run) != seen.get(*run))?;
    let of = |runs: &[Vec<Event>]| runs.get(run).cloned().unwrap_or_default();
    Drawing::new(&of(&expected), &of(&seen), trace_of_run(traces, seen.len(), run), terminal)
}

struct Canvas<'a> {
    events: [&'a [Event]; 2],
    lanes: &'a [Vec<Lane>; 2],
    arranged: &'a Arranged,
    difference: Option<&'a Difference>,
    terminal: Terminal,
    strokes: Strokes,
    /// The lanes that are shown, of both runs together.
    names: Vec<&'a str>,
    /// The moments that are shown.
    window: Range<usize>,
    /// Columns before the lanes.
    margin: usize,
    scale: Scale<'a>,
    symbols: Symbols,
    segments: &'a [Segment],
}

impl<'a> Canvas<'a> {
    fn new(
        events: [&'a [Event]; 2],
        lanes: &'a [Vec<Lane>; 2],
        arranged: &'a Arranged,
        difference: Option<&'a Difference>,
        terminal: Terminal,
    ) -> Option<Self> {
        let strokes = if terminal.unicode { UNICODE } else { ASCII };
        let names = |window: &Range<usize>| window::names(lanes, arranged, window, MOST_LANES);
        let margin = |names: &[&str]| {
            let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
            longest.min(terminal.width / 4) + if difference.is_some() { 12 } else { 2 }
        };
        let fits = |window: &Range<usize>| {
            if window.len() > terminal.width {
                return false;
            }
            let names = names(window);
            names.len() <= MOST_LANES
                && Scale::new(&arranged.moments[window.clone()], terminal.width - margin(&names)).is_some()
        };
        let centre = difference.map_or(0, |difference| window::centre(difference, &arranged.slots));
        let window = window::around(arranged.moments.len(), centre, fits)?;
        let names = names(&window);
        let margin = margin(&names);
        let moments: &'a [Moment] = &arranged.moments[window.clone()];
        let scale = Scale::new(moments, terminal.width - margin)?;
        let is_shown = |run: usize, event: usize| window.contains(&arranged.slots[run][event].0);
        let shown = [EXPECTED, SEEN].into_iter().flat_map(|run| {
            let events = events[run].iter().enumerate();
            events.filter(move |(event, _)| is_shown(run, *event)).map(|(_, event)| event.what.as_str())
        });
        let has_endless = lanes.iter().flatten().flat_map(|lane| &lane.spans).any(|(_, end)| end.is_none());
        let symbols = Symbols::new(shown, strokes, has_endless);
        Some(Self {
            events,
            lanes,
            arranged,
            difference,
            terminal,
            strokes,
            names,
            window,
            margin,
            scale,
            symbols,
            segments: &[],
        })
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let indent = " ".repeat(self.margin);
        lines.extend(self.scale.axis(self.strokes).map(|line| paint(DIM, format_args!("{indent}{line}"))));
        for name in &self.names {
            self.lane(name, &mut lines);
        }
        lines.push(String::new());
        lines.extend(self.symbols.legend(self.terminal.width, &self.kinds()));
        if self.arranged.is_unfolded {
            lines.push("Events at the same instant may be drawn next to each other, in order.".to_owned());
        }
        if let Some(difference) = self.difference {
            lines.push(format!("First difference ({}): {}.", self.strokes.pointer, difference.sentence));
        }
        let (before, after) = (self.window.start, self.arranged.moments.len() - self.window.end);
        if before + after > 0 {
            lines.push(format!("Not shown: {before} instants before, {after} after."));
        }
        lines
    }

    /// One row if both runs agree, or else two; with a pointer below the row of the first difference.
    fn lane(&self, name: &str, lines: &mut Vec<String>) {
        let rows = [EXPECTED, SEEN].map(|run| self.row(run, name));
        let pointers = [EXPECTED, SEEN].map(|run| self.pointer(run, name));
        let width = self.margin - if self.difference.is_some() { 12 } else { 2 };
        let label = shorten(name, width, self.strokes.elided);
        if self.difference.is_none() {
            return lines.push(format!("{label:<width$}  {}", self.textured(name, &rows[SEEN])));
        }
        let mut line = |label: &str, side: &str, style, row: &str| {
            let text = format!("{label:<width$}  {side:<8}  {row}");
            lines.push(style_or_plain(style, &text));
        };
        if rows[EXPECTED] == rows[SEEN] && self.is_same(name) {
            line(&label, "", None, &self.textured(name, &rows[SEEN]));
            if let Some(pointer) = pointers.iter().flatten().next() {
                line("", "", Some(YELLOW), pointer);
            }
            return;
        }
        for (run, side, style, label) in [(SEEN, "seen", RED, label.as_str()), (EXPECTED, "expected", GREEN, "")] {
            let row = if run == SEEN { self.textured(name, &rows[run]) } else { rows[run].clone() };
            line(label, side, Some(style), &row);
            if let Some(pointer) = &pointers[run] {
                line("", "", Some(YELLOW), pointer);
            }
        }
    }

    fn row(&self, run: usize, name: &str) -> String {
        let mut row = vec![' '; self.scale.end()];
        let Some(lane) = self.lanes[run].iter().find(|lane| lane.name == name) else { return NOTHING.to_owned() };
        let last = self.events[run].len() - 1;
        for (start, end) in &lane.spans {
            let stroke = if end.is_some() { self.strokes.busy } else { self.strokes.endless };
            let from = self.bound(run, *start);
            // A span that never ends is drawn up to the end of the run.
            let to = end.map_or(self.bound(run, last) + 1, |end| self.bound(run, end)).min(row.len());
            if from < to {
                row[from..to].fill(stroke);
            }
        }
        for event in &lane.events {
            if let Some(column) = self.column(run, *event) {
                row[column] = self.symbols.of(&self.events[run][*event].what);
            }
        }
        row.into_iter().collect()
    }

    /// The row with what the clock noted: where the lane waits, blocks or is stalled. Events are not overdrawn.
    fn textured(&self, name: &str, row: &str) -> String {
        if row == NOTHING {
            return row.to_owned();
        }
        let mut row: Vec<char> = row.chars().collect();
        for segment in self.segments.iter().filter(|segment| segment.lane == name && self.is_shown(segment)) {
            let stroke = self.strokes.of(segment.kind);
            let (from, to) = (self.scale.column_at(segment.from), self.scale.column_at(segment.to).min(row.len()));
            // A gap separates two consecutive sleeps.
            let is_asleep = segment.kind == SegmentKind::Sleeps;
            for cell in row.iter_mut().take(to).skip(if is_asleep { from + 1 } else { from }) {
                let is_free = *cell == ' ' || (!is_asleep && [self.strokes.busy, self.strokes.endless].contains(cell));
                if is_free {
                    *cell = stroke;
                }
            }
        }
        row.into_iter().collect()
    }

    fn is_shown(&self, segment: &Segment) -> bool {
        let moments = &self.arranged.moments[self.window.clone()];
        let is_in_window = moments.last().is_some_and(|last| segment.from < last.at) && segment.to > moments[0].at;
        is_in_window && segment.from < segment.to && self.names.contains(&segment.lane.as_str())
    }

    fn kinds(&self) -> BTreeSet<SegmentKind> {
        let shown = self.segments.iter().filter(|segment| self.is_shown(segment));
        let mut kinds: BTreeSet<SegmentKind> = shown.map(|segment| segment.kind).collect();
        if kinds.contains(&SegmentKind::Sleeps) && !self.shows_sleep() {
            kinds.remove(&SegmentKind::Sleeps);
        }
        kinds
    }

    /// Whether a lane sleeps outside of a span. Within a span, the span's line is drawn.
    fn shows_sleep(&self) -> bool {
        self.names.iter().any(|name| self.textured(name, &self.row(SEEN, name)).contains(self.strokes.sleeps))
    }

    fn pointer(&self, run: usize, name: &str) -> Option<String> {
        let difference = self.difference?;
        let event = if run == SEEN { difference.seen? } else { difference.expected? };
        let lane = self.lanes[run].iter().find(|lane| lane.name == name)?;
        lane.events.binary_search(&event).ok()?;
        Some(format!("{}{}", " ".repeat(self.column(run, event)?), self.strokes.pointer))
    }

    fn is_same(&self, name: &str) -> bool {
        let events = |run: usize| {
            let lane = self.lanes[run].iter().find(|lane| lane.name == name);
            lane.map(|lane| lane.events.iter().map(|event| &self.events[run][*event]).collect::<Vec<_>>())
        };
        events(EXPECTED) == events(SEEN)
    }

    /// The column of an event, if it is shown.
    fn column(&self, run: usize, event: usize) -> Option<usize> {
        let (moment, place) = self.arranged.slots[run][event];
        self.window.contains(&moment).then(|| self.scale.columns[moment - self.window.start] + place)
    }

    /// The column of an event, or the edge beyond which it is.
    fn bound(&self, run: usize, event: usize) -> usize {
        let is_before = self.arranged.slots[run][event].0 < self.window.start;
        self.column(run, event).unwrap_or(if is_before { 0 } else { self.scale.end() })
    }
}

fn style_or_plain(style: Option<anstyle::Style>, text: &str) -> String {
    style.map_or_else(|| text.to_owned(), |style| paint(style, text.trim_end()))
}

#[cfg(test)]
mod tests;
