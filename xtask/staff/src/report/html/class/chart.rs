//! The distribution of points, as a chart and as a table.

use super::numbers::Totals;
use crate::model::Grades;
use crate::report::html::text::counted;
use maud::{Markup, html};

/// The maximum number of bars. Each represents a range of points.
const BARS: u32 = 10;

/// The size of the chart, in units that the page scales.
const WIDTH: usize = 400;
const HEIGHT: usize = 150;
const FLOOR: usize = 122;
const CEILING: usize = 20;

/// The totals of the class.
pub fn distribution(grades: &Grades) -> Markup {
    let totals = Totals::of(grades);
    let (Some(mean), Some(median)) = (totals.mean(), totals.median()) else {
        return html! { p { "No submission has a score." } };
    };
    let (lowest, highest) = (totals.known[0], totals.known[totals.known.len() - 1]);
    let whole: Vec<u32> = totals.known.iter().map(|total| total.floor()).collect();
    let highest_possible = grades.points().floor();
    // Extra points can exceed what is possible.
    let bars = bars(&whole, whole.last().map_or(highest_possible, |last| highest_possible.max(*last)));
    html! {
        p {
            "Half of the class has " (format!("{median:.1}")) " points or more. The mean is " (format!("{mean:.1}"))
            ", the lowest " (lowest) ", the highest " (highest) ", of " (grades.points()) "."
            @if totals.unknown > 0 {
                " Not counted: " (counted(totals.unknown, "submission")) " without a score."
            }
        }
        figure {
            (picture(&bars))
            figcaption { "Submissions by points" }
        }
        details {
            summary { "Show as a table" }
            table.small {
                caption.hidden { "Submissions by points" }
                thead { tr { th scope="col" { "Points" } th.number scope="col" { "Submissions" } } }
                tbody { @for bar in &bars { tr { th scope="row" { (bar.label()) } td.number { (bar.count) } } } }
            }
        }
    }
}

fn picture(bars: &[Bar]) -> Markup {
    let highest = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let step = WIDTH / bars.len().max(1);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby="chart-title" {
            title #chart-title { (in_words(bars)) }
            @for (index, bar) in bars.iter().enumerate() {
                @let height = (FLOOR - CEILING) * bar.count / highest;
                @let middle = step * index + step / 2;
                rect.bar x=(step * index + 2) y=(FLOOR - height) width=(step - 4) height=(height) {}
                @if bar.count > 0 { text x=(middle) y=(FLOOR - height - 5) { (bar.count) } }
                text.axis x=(middle) y=(FLOOR + 17) { (bar.label()) }
            }
            line.axis x1="0" x2=(WIDTH) y1=(FLOOR) y2=(FLOOR) {}
        }
    }
}

fn in_words(bars: &[Bar]) -> String {
    let bars = bars.iter().filter(|bar| bar.count > 0);
    let parts: Vec<String> =
        bars.map(|bar| format!("{} with {} points", counted(bar.count, "submission"), bar.label())).collect();
    format!("{}.", parts.join(", "))
}

/// The number of submissions with `from` to `to` points.
#[derive(Debug, PartialEq, Eq)]
struct Bar {
    from: u32,
    to: u32,
    count: usize,
}

impl Bar {
    fn label(&self) -> String {
        if self.from == self.to { self.to.to_string() } else { format!("{}–{}", self.from, self.to) }
    }
}

/// Ranges of equal width; the last one includes the highest total.
fn bars(totals: &[u32], points: u32) -> Vec<Bar> {
    let count = points.clamp(1, BARS);
    let start = |bar: u32| (bar * points).div_ceil(count);
    let range = |bar: u32| {
        let (from, to) = (start(bar), if bar + 1 == count { points } else { start(bar + 1) - 1 });
        Bar { from, to, count: totals.iter().filter(|total| (from..=to).contains(total)).count() }
    };
    (0..count).map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_total_is_in_one_bar() {
        for points in [1, 2, 3, 7, 10, 11, 55, 100, 101] {
            let totals: Vec<u32> = (0..=points).collect();
            let bars = bars(&totals, points);
            assert_eq!(bars.iter().map(|bar| bar.count).sum::<usize>(), totals.len(), "{points}");
            assert!(bars.windows(2).all(|pair| pair[0].to + 1 == pair[1].from), "{points}: {bars:?}");
        }
    }

    #[test]
    fn full_marks_are_in_the_last_bar() {
        let bars = bars(&[0, 9, 10, 99, 100], 100);
        let labels: Vec<_> = bars.iter().map(Bar::label).collect();
        assert_eq!(labels, ["0–9", "10–19", "20–29", "30–39", "40–49", "50–59", "60–69", "70–79", "80–89", "90–100"]);
        assert_eq!(bars.iter().map(|bar| bar.count).collect::<Vec<_>>(), [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn the_chart_is_described_in_words() {
        assert_eq!(
            in_words(&bars(&[0, 100, 95], 100)),
            "1 submission with 0–9 points, 2 submissions with 90–100 points."
        );
    }
}
