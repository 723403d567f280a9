//! How long pictures and comparisons of large runs take. Each should be drawn before anybody wonders whether it hangs.
//!
//! ```text
//! cargo bench --package xtask --profile dev --bench pictures
//! ```
//!
//! Learners run the runner in the profile `dev`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;
use timeline::TraceEvent;
use xtask::picture::Drawing;
use xtask::picture::export::{Comparison, RunView, html};
use xtask::picture::lanes::lanes;
use xtask::terminal::style::Terminal;

const TERMINAL: Terminal = Terminal { width: 80, unicode: true };

fn main() {
    let line = |at: usize, task: usize, what: &str| format!("{at} ms  T{task}  {what}\n");
    let text = |count: usize, of: &dyn Fn(usize) -> String| (0..count).map(of).collect::<String>();
    let (drawn, too_many) = (true, false);
    measure("4,000 events on 200 lanes", &text(3999, &|n| line(n / 8, n % 200, "tick")), drawn);
    measure("4,000 events on one lane", &text(3999, &|n| line(n, 0, "tick")), drawn);
    measure("4,000 starts of one name", &text(3999, &|n| line(n, 0, "started")), drawn);
    measure("4,000 starts at one instant", &text(3999, &|_| line(0, 0, "started")), too_many);
    measure("4,000 lanes of one event", &text(3999, &|n| line(n, n, "tick")), drawn);
    measure("100,000 starts of one name", &text(100_000, &|n| line(n, 0, "started")), too_many);
    page("a page of 2,000 blocks that stall 2,000 tasks");
}

/// Measures, and checks that there is a picture unless too much happens for one.
fn measure(name: &str, seen: &str, is_drawn: bool) {
    let mut expected = String::new();
    let _ = writeln!(expected, "0 ms  main  began");
    for (number, line) in seen.lines().enumerate() {
        let _ = writeln!(expected, "{line}{}", if number % 2 == 0 { " here" } else { " there" });
    }
    let events = xtask::picture::runs(seen).expect("it is a timeline").concat();
    let due = xtask::picture::runs(&expected).expect("it is a timeline").concat();
    let start = Instant::now();
    black_box(lanes(&events));
    let lanes = start.elapsed();
    let start = Instant::now();
    let drawing = Drawing::new(&due, &events, &[], TERMINAL);
    println!("{name}: lanes {} ms, picture of two runs {} ms", lanes.as_millis(), start.elapsed().as_millis());
    let drawing = drawing.filter(|drawing| drawing.text.contains("First difference"));
    assert_eq!(drawing.is_some(), is_drawn, "{name}");
}

fn page(name: &str) {
    const COUNT: usize = 2000;
    let starts: String = (0..COUNT).fold(String::new(), |text, task| text + &format!("0 ms  T{task}  started\n"));
    let seen = format!("{starts}0 ms  A  started\n9000 ms  A  finished");
    let events = xtask::picture::runs(&seen).expect("it is a timeline").concat();
    let block = |number: usize| format!("{}  2001  main  A  blocks  {}  \\e", 2 * number, 2 * number + 1);
    let trace: Vec<TraceEvent> = (0..COUNT).map(|number| block(number).parse().expect("it is a note")).collect();
    let run = RunView { events: &events, trace: &trace };
    let start = Instant::now();
    let page = html(&Comparison { title: name, says: "", expected: run, seen: run }, "nonce");
    println!("{name}: {} ms, {} kB", start.elapsed().as_millis(), page.len() / 1000);
    assert!(page.contains("Not all periods in which a task is stalled"), "{name}");
}
