//! Where everything stands in the drawing that [`super::svg`] writes and [`super::html`] steps through.

use super::super::difference::{self, Difference};
use super::super::lanes::{Lane, lanes};
use super::super::moments::{Arranged, Run, arrange};
use super::super::scale::Scale;
use super::super::stretches::{Stretch, stretches};
use super::Story;
use timeline::Event;

/// Columns of the drawing, unless so much happens that it needs more.
const COLUMNS: usize = 80;

/// Pixels of a column, of a lane, and above the lanes.
pub const COLUMN: usize = 10;
pub const ROW: usize = 26;
pub const TOP: usize = 44;

/// Pixels of a letter, about.
const LETTER: usize = 8;

/// Both runs, arranged.
pub struct Layout<'a> {
    pub story: Story<'a>,
    pub arranged: Arranged,
    /// What was seen first, then what was expected, if that is not the same.
    pub sides: Vec<Side<'a>>,
    pub difference: Option<Difference>,
    /// Pixels left of the lanes.
    pub left: usize,
}

/// One run's lanes, from top to bottom.
pub struct Side<'a> {
    pub name: &'static str,
    pub events: &'a [Event],
    pub lanes: Vec<Lane>,
    pub stretches: Vec<Stretch>,
    /// Which of the arranged runs this is.
    run: usize,
    /// The row of each lane.
    rows: Vec<usize>,
}

impl<'a> Layout<'a> {
    pub fn new(story: Story<'a>) -> Self {
        let (expected, seen) = (lanes(story.expected), lanes(story.seen));
        let arranged =
            arrange(Run { events: story.expected, lanes: &expected }, Run { events: story.seen, lanes: &seen });
        let mut names: Vec<&str> = Vec::new();
        for lane in expected.iter().chain(&seen) {
            if !names.contains(&lane.name.as_str()) {
                names.push(&lane.name);
            }
        }
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(30);
        // Two rows a lane where both runs are shown, so that they can be compared.
        let (count, extra) = if story.is_same() { (1, 0) } else { (2, 11) };
        let rows = |lanes: &[Lane], offset: usize| -> Vec<usize> {
            let row = |lane: &Lane| names.iter().position(|name| *name == lane.name).expect("every lane has a name");
            lanes.iter().map(|lane| row(lane) * count + offset).collect()
        };
        let (seen_rows, expected_rows) = (rows(&seen, 0), rows(&expected, 1));
        let noted = stretches(story.seen, &seen, story.notes);
        let left = (longest + extra) * LETTER + 12;
        let mut sides =
            vec![Side { name: "seen", events: story.seen, lanes: seen, stretches: noted, run: 1, rows: seen_rows }];
        if count == 2 {
            let (events, lanes, rows) = (story.expected, expected, expected_rows);
            sides.push(Side { name: "expected", events, lanes, stretches: Vec::new(), run: 0, rows });
        }
        let difference = difference::first(story.expected, story.seen);
        Self { story, arranged, sides, difference, left }
    }

    /// As wide as it must be for everything to have its column.
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

    /// Where an event stands from the left.
    pub fn event_x(&self, scale: &Scale, side: &Side, event: usize) -> usize {
        let (moment, place) = self.arranged.places[side.run][event];
        self.x(scale.columns[moment] + place)
    }
}

impl Side<'_> {
    /// The middle of a lane from the top.
    pub fn y(&self, lane: usize) -> usize {
        TOP + self.rows[lane] * ROW + ROW / 2
    }
}
