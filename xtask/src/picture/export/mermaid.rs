//! A Gantt chart for [Mermaid](https://mermaid.js.org/syntax/gantt.html), which many Markdown renderers support.

use super::super::lanes::{Lane, lanes};
use super::super::milliseconds::milliseconds;
use super::comparison::{Comparison, RunView};
use std::collections::HashSet;
use std::fmt::Write as _;
use timeline::Event;

/// The chart. Mermaid counts in whole milliseconds.
pub fn mermaid(comparison: &Comparison) -> String {
    let mut chart =
        format!("gantt\n    title {}\n    dateFormat x\n    axisFormat %M:%S.%L\n", plain(comparison.title));
    chart.push_str("    todayMarker off\n");
    for (side, RunView { events, .. }) in comparison.sides() {
        for lane in lanes(events) {
            let side = if comparison.is_same() { String::new() } else { format!(" ({side})") };
            let _ = writeln!(chart, "    section {}{side}", plain(&lane.name));
            write_lane(&mut chart, &lane, events);
        }
    }
    chart
}

/// Every text begins with a time, so that none of them is taken for a keyword.
fn write_lane(chart: &mut String, lane: &Lane, events: &[Event]) {
    let at = |event: usize| events[event].at.as_millis();
    let last = events.len() - 1;
    for (start, end) in &lane.spans {
        let text = |event: usize| format!("{} ms {}", milliseconds(events[event].at), plain(&events[event].what));
        let words = end.map_or_else(|| text(*start), |end| format!("{}, {}", text(*start), text(end)));
        let tag = if end.is_none() { "crit, " } else { "" };
        let _ = writeln!(chart, "    {words} :{tag}{}, {}", at(*start), at(end.unwrap_or(last)));
    }
    let in_spans: HashSet<usize> = lane.spans.iter().flat_map(|(start, end)| [Some(*start), *end]).flatten().collect();
    for event in lane.events.iter().copied().filter(|event| !in_spans.contains(event)) {
        let words = format!("{} ms {}", milliseconds(events[event].at), plain(&events[event].what));
        let _ = writeln!(chart, "    {words} :milestone, {}, 0ms", at(event));
    }
}

/// Replaces the characters that have a meaning in Mermaid by their full-width forms.
fn plain(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        ':' => '：',
        ';' => '；',
        '#' => '＃',
        '%' => '％',
        '{' => '｛',
        '}' => '｝',
        '<' => '＜',
        '>' => '＞',
        c if c.is_control() => ' ',
        c => c,
    });
    let plain: String = plain.collect();
    if plain.trim().is_empty() { "(no name)".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::{compare, events};
    use super::*;

    #[test]
    fn spans_are_bars_and_events_are_milestones() {
        let events = events("0 ms  A  started\n1 ms  A  tick 1\n3000 ms  A  finished\n3000 ms  a: b  says; hello");
        let comparison = compare("Quest 1: all", &events, &events);
        let chart = "gantt
    title Quest 1： all
    dateFormat x
    axisFormat %M:%S.%L
    todayMarker off
    section A
    0 ms started, 3000 ms finished :0, 3000
    1 ms tick 1 :milestone, 1, 0ms
    section a： b
    3000 ms says； hello :milestone, 3000, 0ms
";
        assert_eq!(mermaid(&comparison), chart);
    }

    #[test]
    fn both_runs_are_there_if_they_differ() {
        let (expected, seen) = (events("0 ms  A  started\n1 ms  B  came"), events("2 ms  A  came"));
        let chart = mermaid(&compare("", &expected, &seen));
        assert!(chart.contains("section A (seen)\n    2 ms came :milestone"), "{chart}");
        assert!(chart.contains("section A (expected)\n    0 ms started :crit, 0, 1\n"), "{chart}");
    }
}
