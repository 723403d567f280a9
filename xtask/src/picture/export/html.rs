//! A page to step through both runs. It needs no network, and is a static picture where scripts do not run.

use super::super::milliseconds::milliseconds;
use super::super::segments::SegmentKind;
use super::super::steps::{ReplayStep, steps};
use super::super::symbols::LegendEntry;
use super::comparison::Comparison;
use super::escape::escape;
use super::layout::{Layout, Side};
use super::svg::{STYLE, drawing};
use serde_json::json;
use std::time::Duration;

/// The page. `nonce` must be unpredictable: the page allows only scripts and styles that carry it.
pub fn html(comparison: &Comparison, nonce: &str) -> String {
    let layout = Layout::new(*comparison);
    let data = data(&layout);
    let title = escape(comparison.title);
    let lead = layout.difference.as_ref().map_or_else(
        || "The run is as expected.".to_owned(),
        |difference| format!("First difference: {}.", escape(&difference.sentence)),
    );
    let says = if comparison.says.is_empty() { String::new() } else { format!("<p>{}</p>", escape(comparison.says)) };
    let lists: String = layout.sides.iter().map(|side| list(side.name, side.view.events)).collect();
    let picture = drawing(&layout, None);
    let legend: String = layout.legend().iter().map(key).collect();
    let left_out = left_out(&layout);
    let (style, script) = (include_str!("page.css"), include_str!("page.js"));
    let panels: String = layout.sides.iter().map(panel).collect();
    let jump = if layout.difference.is_some() {
        "<button type=\"button\" id=\"difference\">Jump to the first difference</button>"
    } else {
        ""
    };
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style nonce="{nonce}">{STYLE}{style}</style>
</head>
<body>
<header><h1>{title}</h1>{says}<p>{lead}</p></header>
<main>
<div id="controls" role="group" aria-label="Steps" hidden>
<button type="button" id="first">First</button>
<button type="button" id="back">Back</button>
<button type="button" id="play">Play</button>
<button type="button" id="forward">Forward</button>
<button type="button" id="last">Last</button>
{jump}
<label>Step <input type="range" id="slider" min="0" value="0"></label>
</div>
<p id="says" aria-live="polite"></p>
<div class="scrolls" tabindex="0" role="region" aria-label="Picture">
{picture}
</div>
<ul class="legend" aria-label="Legend">{legend}</ul>{left_out}
<div id="panels" hidden>{panels}</div>
<h2>All recorded events</h2>
<div class="lists">{lists}</div>
</main>
<script type="application/json" id="data">{data}</script>
<script nonce="{nonce}">{script}</script>
</body>
</html>
"#
    )
}

/// Says that not all stalled segments are drawn, if so.
fn left_out(layout: &Layout) -> String {
    let words = "<p>Not all periods in which a task is stalled are drawn.</p>";
    if layout.is_complete() { String::new() } else { words.to_owned() }
}

/// An entry of the legend, with a sample.
fn key(entry: &LegendEntry) -> String {
    let (sample, words) = match entry {
        LegendEntry::Starts(words) => (key_of_bound(2, 4), words.clone()),
        LegendEntry::Ends(words) => (key_of_bound(18, 0), words.clone()),
        LegendEntry::Endless(words) => (key_of_stretch("endless", 6), (*words).to_owned()),
        LegendEntry::SegmentKind(kind) => {
            let sample = match kind {
                SegmentKind::Waits => r#"<path class="waits" d="M1 10H23"/>"#.to_owned(),
                SegmentKind::Blocks => key_of_stretch("blocks", 14),
                SegmentKind::Stalled | SegmentKind::Sleeps => key_of_stretch("stalled", 8),
            };
            (sample, kind.words().to_owned())
        }
        LegendEntry::Counted(word) => (key_of_letter('1'), format!("{word} 1, and so on")),
        LegendEntry::Letter(letter, words) => (key_of_letter(*letter), words.clone()),
    };
    let svg = r#"<svg class="timeline" width="24" height="20" viewBox="0 0 24 20" aria-hidden="true">"#;
    format!("<li>{svg}{sample}</svg> {}</li>", escape(&words))
}

fn key_of_stretch(class: &str, height: usize) -> String {
    let y = 10 - height / 2;
    format!(r#"<rect class="{class}" x="1" y="{y}" width="22" height="{height}"/>"#)
}

fn key_of_letter(letter: char) -> String {
    let letter = escape(&letter.to_string());
    format!(r#"<circle class="mark" cx="12" cy="10" r="8"/><text class="letter" x="12" y="14">{letter}</text>"#)
}

/// The mark of a start or an end, `x` from the left, and its span from `bar`.
fn key_of_bound(x: usize, bar: usize) -> String {
    format!(
        r#"<rect class="bar" x="{bar}" y="7" width="20" height="6"/><rect class="mark" x="{x}" y="2" width="4" height="16"/>"#
    )
}

/// A run's queues, as far as they are known: a snapshot holds only what was recorded.
fn panel(side: &Side) -> String {
    let queue = |(class, words): &(&str, &str)| format!("<dt>{words}</dt><dd data-queue=\"{class}\"></dd>");
    let noted = [
        ("running", "Running"),
        ("ready", "Ready to run"),
        ("timers", "Pending timers"),
        ("waiting", "Waiting for something else"),
    ];
    let has_trace = !side.view.trace.is_empty();
    let noted: String = noted.iter().filter(|_| has_trace).map(queue).collect();
    let under_way = queue(&("under_way", "Started, not finished"));
    let source = if has_trace && side.name == "expected" {
        "<p class=\"source\">As in the course's solution. Yours may reach the same result by different steps.</p>"
    } else {
        ""
    };
    format!(
        "<section><h2>{}</h2><p class=\"step\"></p><dl>{under_way}{noted}</dl>{source}</section>",
        capital(side.name)
    )
}

fn list(name: &str, events: &[timeline::Event]) -> String {
    let lines: Vec<String> = events.iter().map(|event| escape(&event.to_string())).collect();
    let text = if lines.is_empty() { "(nothing)".to_owned() } else { lines.join("\n") };
    format!("<section><h3>{}</h3><pre>{text}</pre></section>", capital(name))
}

fn capital(word: &str) -> String {
    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect()
}

/// The data for the script. It contains no `<`, which could end the element around it.
fn data(layout: &Layout) -> String {
    let scale = layout.scale();
    let runs: Vec<Vec<ReplayStep>> = layout.sides.iter().map(|side| steps(side.view.events, side.view.trace)).collect();
    let positions = positions(&runs);
    let pointed = layout.difference.as_ref().and_then(|difference| {
        let of = |run: usize, event: Option<usize>| {
            let step = runs.get(run)?.iter().position(|step| step.event.is_some() && step.event == event)?;
            positions.iter().position(|(_, counts)| counts[run] > step)
        };
        of(0, difference.seen).into_iter().chain(of(1, difference.expected)).min()
    });
    let sides = layout.sides.iter().zip(&runs).map(|(side, steps)| {
        let rows: serde_json::Map<String, serde_json::Value> =
            side.lanes.iter().enumerate().map(|(index, lane)| (lane.name.clone(), json!(side.y(index)))).collect();
        json!({ "name": side.name, "rows": rows, "steps": steps })
    });
    let slots = positions.iter().map(|(at, counts)| {
        let event = |run: usize| runs[run].get(counts[run].checked_sub(1)?).filter(|step| step.at == *at)?.event;
        let exact = (0..runs.len()).find_map(|run| Some(layout.event_x(&scale, &layout.sides[run], event(run)?)));
        let x = exact.unwrap_or_else(|| layout.x(scale.column_at(*at)));
        json!({ "at": milliseconds(*at), "done": counts, "x": x })
    });
    let data = json!({
        "sides": sides.collect::<Vec<_>>(),
        "positions": slots.collect::<Vec<_>>(),
        "difference": pointed,
        "bottom": layout.height(),
    });
    data.to_string().replace('<', "\\u003c")
}

/// The positions of the stepper: how many steps each run has done. At each instant, both runs advance side by side.
fn positions(runs: &[Vec<ReplayStep>]) -> Vec<(Duration, Vec<usize>)> {
    let mut instants: Vec<Duration> = runs.iter().flatten().map(|step| step.at).collect();
    instants.sort();
    instants.dedup();
    let mut positions = vec![(Duration::ZERO, vec![0; runs.len()])];
    for at in instants {
        let before = |run: &Vec<ReplayStep>| run.partition_point(|step| step.at < at);
        let here = |run: &Vec<ReplayStep>| run.partition_point(|step| step.at <= at) - before(run);
        for step in 1..=runs.iter().map(here).max().unwrap_or(0) {
            positions.push((at, runs.iter().map(|run| before(run) + step.min(here(run))).collect()));
        }
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::super::comparison::{compare, events};
    use super::*;

    #[test]
    fn no_name_ends_the_data_or_opens_a_tag() {
        let seen = events("0 ms  </script><script>alert(1)</script>  started");
        let page = html(&compare("<t>", &[], &seen), "word");
        assert!(!page.contains("<script>alert") && !page.contains("<t>"), "{page}");
        let (_, data) = page.split_once("id=\"data\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["sides"][0]["steps"][0]["lane"], "</script><script>alert(1)</script>");
        assert_eq!(data["difference"], 1);
    }

    #[test]
    fn both_runs_go_on_side_by_side() {
        let of = |text: &str| steps(&events(text), &[]);
        let runs = [of("0 ms  A  a\n5 ms  A  b"), of("0 ms  A  a\n0 ms  A  b\n7 ms  A  c")];
        let counts: Vec<Vec<usize>> = positions(&runs).into_iter().map(|(_, counts)| counts).collect();
        assert_eq!(counts, [[0, 0], [1, 1], [1, 2], [2, 2], [2, 3]]);
    }
}
