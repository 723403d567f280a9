//! The layout of the drawing that [`mod@super::svg`] writes and [`mod@super::html`] steps through.

use super::super::difference::{self, Difference};
use super::super::lanes::{Lane, lanes};
use super::super::moments::{Arranged, RunLanes, arrange};
use super::super::scale::Scale;
use super::super::segments::{Segments, segments};
use super::super::symbols::{LegendEntry, Symbols, UNICODE};
use super::comparison::{Comparison, RunView};
use std::collections::HashMap;

/// Columns of the drawing, unless it needs more.
const COLUMNS: usize = 80;

/// Pixels of a column, of a lane, and above the lanes.
pub const COLUMN: usize = 10;
pub const ROW: usize = 26;
pub const TOP: usize = 44;

/// Nobody needs to see more stalled segments of a run, and a browser could not draw many more.
const MOST_STALLED: usize = 10_000;

/// Approximate pixels of a letter.
const LETTER: usize = 8;

/// Both runs, arranged.
pub struct Layout<'a> {
    pub comparison: Comparison<'a>,
    pub arranged: Arranged,
    /// What was seen, then what was expected if that differs.
    pub sides: Vec<Side<'a>>,
    /// The letters of the marks, and what they mean.
    pub symbols: Symbols,
    pub difference: Option<Difference>,
    /// Pixels left of the lanes.
    pub left: usize,
}

/// One run's lanes, from top to bottom.
pub struct Side<'a> {
    pub name: &'static str,
    pub view: RunView<'a>,
    pub lanes: Vec<Lane>,
    pub segments: Segments,
    /// Which of the arranged runs this is.
    run: usize,
    /// The row of each lane.
    rows: Vec<usize>,
}

impl<'a> Layout<'a> {
    pub fn new(comparison: Comparison<'a>) -> Self {
        let (expected, seen) = (lanes(comparison.expected.events), lanes(comparison.seen.events));
        let arranged = arrange(
            RunLanes { events: comparison.expected.events, lanes: &expected },
            RunLanes { events: comparison.seen.events, lanes: &seen },
        );
        let mut names: HashMap<String, usize> = HashMap::new();
        for lane in expected.iter().chain(&seen) {
            let next = names.len();
            names.entry(lane.name.clone()).or_insert(next);
        }
        let longest = names.keys().map(|name| name.chars().count()).max().unwrap_or(0).min(30);
        // Two rows a lane where both runs are shown, so that they can be compared.
        let (count, extra) = if comparison.is_same() { (1, 0) } else { (2, 11) };
        let rows = |lanes: &[Lane], offset: usize| -> Vec<usize> {
            lanes.iter().map(|lane| names[&lane.name] * count + offset).collect()
        };
        let left = (longest + extra) * LETTER + 12;
        let side = |name, view: RunView<'a>, lanes: Vec<Lane>, run| Side {
            name,
            view,
            segments: segments(view.events, &lanes, view.trace, |_| true, MOST_STALLED),
            run,
            rows: rows(&lanes, 1 - run),
            lanes,
        };
        let mut sides = vec![side("seen", comparison.seen, seen, 1)];
        if count == 2 {
            sides.push(side("expected", comparison.expected, expected, 0));
        }
        let symbols = symbols(&sides);
        let difference = difference::first(comparison.expected.events, comparison.seen.events);
        Self { comparison, arranged, sides, symbols, difference, left }
    }

    /// The meaning of the drawing's marks, lines and colours.
    pub fn legend(&self) -> Vec<LegendEntry> {
        let segments = self.sides.iter().flat_map(|side| &side.segments.all);
        self.symbols.entries(&segments.filter(|it| it.is_drawn()).map(|it| it.kind).collect())
    }

    /// Whether all stalled segments are drawn.
    pub fn is_complete(&self) -> bool {
        self.sides.iter().all(|side| side.segments.is_complete)
    }

    /// Wide enough for everything to have its column.
    pub fn scale(&self) -> Scale<'_> {
        (0..)
            .find_map(|doublings| Scale::new(&self.arranged.moments, COLUMNS << doublings))
            .expect("some width is wide enough")
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.sides.iter().flat_map(|side| &side.rows).max().map_or(0, |last| last + 1)
    }

    pub fn height(&self) -> usize {
        TOP + self.rows() * ROW + 12
    }

    pub fn width(&self, scale: &Scale) -> usize {
        self.x(scale.end()) + 60
    }

    pub fn x(&self, column: usize) -> usize {
        self.left + column * COLUMN
    }

    /// The distance of an event from the left.
    pub fn event_x(&self, scale: &Scale, side: &Side, event: usize) -> usize {
        let (moment, place) = self.arranged.slots[side.run][event];
        self.x(scale.columns[moment] + place)
    }
}

/// Letters for the events of both runs.
fn symbols(sides: &[Side]) -> Symbols {
    let whats = sides.iter().rev().flat_map(|side| side.view.events).map(|event| event.what.as_str());
    let mut spans = sides.iter().flat_map(|side| &side.lanes).flat_map(|lane| &lane.spans);
    Symbols::new(whats, UNICODE, spans.any(|(_, end)| end.is_none()))
}

impl Side<'_> {
    /// The distance of a lane's middle from the top.
    pub fn y(&self, lane: usize) -> usize {
        TOP + self.rows[lane] * ROW + ROW / 2
    }
}
