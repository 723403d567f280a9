//! Lanes to scale, as SVG.

use super::super::lanes::{Lane, Role, role};
use super::super::milliseconds::milliseconds;
use super::super::scale::Scale;
use super::super::segments::{Segment, SegmentKind};
use super::super::symbols::UNICODE;
use super::comparison::Comparison;
use super::escape::escape;
use super::layout::{Layout, ROW, Side, TOP};
use crate::terminal::shorten::shorten;
use std::collections::HashMap;
use std::fmt::Write as _;

/// The picture's style, light and dark.
pub const STYLE: &str = include_str!("svg.css");

/// The picture as a standalone file.
pub fn svg(comparison: &Comparison) -> String {
    drawing(&Layout::new(*comparison), Some(STYLE)) + "\n"
}

/// The picture. Inside a page, the page has the style.
pub fn drawing(layout: &Layout, style: Option<&str>) -> String {
    let scale = layout.scale();
    let (width, height) = (layout.width(&scale), layout.height());
    let sentence = layout.difference.as_ref().map(|difference| format!("First difference: {}.", difference.sentence));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" role=\"img\" aria-labelledby=\"title says\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title id=\"title\">{}</title><desc id=\"says\">{}</desc>\n",
        escape(layout.comparison.title),
        escape(sentence.as_deref().unwrap_or("The run is as expected."))
    );
    if let Some(style) = style {
        // Our style needs no escaping.
        let _ = writeln!(out, "<style>{style}</style>");
    }
    axis(&mut out, layout, &scale);
    for (number, side) in layout.sides.iter().enumerate() {
        let segments = drawn_by_lane(side);
        for (index, lane) in side.lanes.iter().enumerate() {
            name(&mut out, layout, side, index);
            let drawn = segments.get(lane.name.as_str()).map_or(&[][..], Vec::as_slice);
            bars(&mut out, layout, &scale, (side, index), drawn);
            for event in &lane.events {
                mark(&mut out, layout, &scale, (number, side, index), *event);
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn axis(out: &mut String, layout: &Layout, scale: &Scale) {
    let bottom = layout.height() - 12;
    let mut free = 0;
    for (index, (column, at)) in scale.ticks().into_iter().enumerate() {
        let (x, unit) = (layout.x(column), if index == 0 { " ms" } else { "" });
        let _ = writeln!(out, "<line class=\"grid\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{bottom}\"/>", TOP - 8);
        let label = format!("{}{unit}", milliseconds(at));
        if x >= free {
            let _ = writeln!(out, "<text class=\"quiet\" x=\"{x}\" y=\"{}\">{label}</text>", TOP - 16);
            free = x + (label.len() + 1) * 8;
        }
    }
    for column in scale.cut_columns() {
        let (x, y) = (layout.x(column), TOP - 4);
        let _ = writeln!(out, "<text class=\"quiet\" x=\"{x}\" y=\"{y}\">//</text>");
    }
}

fn name(out: &mut String, layout: &Layout, side: &Side, lane: usize) {
    let kind = if layout.sides.len() > 1 { format!(" ({})", side.name) } else { String::new() };
    let shown = shorten(&side.lanes[lane].name, 30, UNICODE.elided);
    let _ = writeln!(out, "<text x=\"4\" y=\"{}\">{}{kind}</text>", side.y(lane) + 4, escape(&shown));
}

fn bars(out: &mut String, layout: &Layout, scale: &Scale, (side, index): (&Side, usize), segments: &[&Segment]) {
    let (lane, y): (&Lane, usize) = (&side.lanes[index], side.y(index));
    for (start, end) in &lane.spans {
        let last = side.view.events.len() - 1;
        let x = layout.event_x(scale, side, *start);
        let width = layout.event_x(scale, side, end.unwrap_or(last)).saturating_sub(x);
        let class = if end.is_some() { "bar" } else { "endless" };
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"6\"/>",
            y.saturating_sub(3)
        );
    }
    for segment in segments {
        let (from, to) = (layout.x(scale.column_at(segment.from)), layout.x(scale.column_at(segment.to)));
        let words = format!("<title>{}</title>", segment.kind.words());
        let _ = match segment.kind {
            SegmentKind::Waits => {
                writeln!(out, "<path class=\"waits\" d=\"M{from} {y}H{to}\">{words}</path>")
            }
            kind => {
                let (class, half) = if kind == SegmentKind::Blocks { ("blocks", 7) } else { ("stalled", 4) };
                let (y, height, width) = (y - half, 2 * half, to - from);
                writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{from}\" y=\"{y}\" width=\"{width}\" height=\"{height}\">{words}</rect>"
                )
            }
        };
    }
}

/// The segments that are drawn, by the names of their lanes.
fn drawn_by_lane<'a>(side: &'a Side) -> HashMap<&'a str, Vec<&'a Segment>> {
    let mut by_lane: HashMap<&str, Vec<&Segment>> = HashMap::new();
    for segment in side.segments.all.iter().filter(|segment| segment.is_drawn()) {
        by_lane.entry(&segment.lane).or_default().push(segment);
    }
    by_lane
}

fn mark(out: &mut String, layout: &Layout, scale: &Scale, (number, side, lane): (usize, &Side, usize), index: usize) {
    let event = &side.view.events[index];
    let (x, y) = (layout.event_x(scale, side, index), side.y(lane));
    let pointed = layout.difference.as_ref().and_then(|it| if number == 0 { it.seen } else { it.expected });
    let class = if pointed == Some(index) { "event first" } else { "event" };
    let _ = write!(out, "<g class=\"{class}\" data-side=\"{number}\" data-event=\"{index}\">");
    let words = format!("{} ms: {} {}", milliseconds(event.at), event.task, event.what);
    let _ = write!(out, "<title>{}</title>", escape(&words));
    let half = ROW / 2 - 4;
    let _ = match role(&event.what) {
        Role::Start | Role::End => write!(
            out,
            "<rect class=\"mark\" x=\"{}\" y=\"{}\" width=\"4\" height=\"{}\"/>",
            x.saturating_sub(2),
            y - half,
            2 * half
        ),
        Role::Break | Role::Point => {
            let letter = layout.symbols.of(&event.what).to_string();
            write!(
                out,
                "<circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"8\"/><text class=\"letter\" x=\"{x}\" y=\"{}\">{}</text>",
                y + 4,
                escape(&letter)
            )
        }
    };
    out.push_str("</g>\n");
}

#[cfg(test)]
mod tests {
    use super::super::comparison::{compare, events};
    use super::*;

    #[test]
    fn lanes_are_drawn_and_what_was_recorded_is_text() {
        let seen = events("0 ms  <A>  started\n5 ms  <A>  finished\n5 ms  \"B\"  &co");
        let picture = svg(&compare("a < b", &seen, &seen));
        assert!(picture.contains("<text x=\"4\" y=\"61\">&lt;A&gt;</text>"), "{picture}");
        assert!(picture.contains("<title>5 ms: &quot;B&quot; &amp;co</title>"), "{picture}");
        assert!(!picture.contains("<A>"), "{picture}");
        assert_eq!(picture.matches("class=\"bar\"").count(), 1);
    }

    #[test]
    fn the_first_difference_is_marked_in_both_runs() {
        let (expected, seen) = (events("0 ms  A  a\n5 ms  A  b"), events("0 ms  A  a\n3 ms  A  b"));
        let picture = svg(&compare("", &expected, &seen));
        assert!(picture.contains("class=\"event first\" data-side=\"0\" data-event=\"1\""), "{picture}");
        assert!(picture.contains("class=\"event first\" data-side=\"1\" data-event=\"1\""), "{picture}");
    }
}
