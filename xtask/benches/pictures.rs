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
use xtask::picture::Drawing;
use xtask::picture::lanes::lanes;
use xtask::terminal::style::Terminal;

const TERMINAL: Terminal = Terminal { width: 80, unicode: true };

fn main() {
    let line = |at: usize, task: usize, what: &str| format!("{at} ms  T{task}  {what}\n");
    let text = |count: usize, of: &dyn Fn(usize) -> String| (0..count).map(of).collect::<String>();
    measure("4,000 events on 200 lanes", &text(3999, &|n| line(n / 8, n % 200, "tick")));
    measure("4,000 events on one lane", &text(3999, &|n| line(n, 0, "tick")));
    measure("4,000 starts of one name", &text(3999, &|n| line(n, 0, "started")));
    measure("4,000 starts at one instant", &text(3999, &|_| line(0, 0, "started")));
    measure("4,000 lanes of one event", &text(3999, &|n| line(n, n, "tick")));
    measure("100,000 starts of one name", &text(100_000, &|n| line(n, 0, "started")));
}

fn measure(name: &str, seen: &str) {
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
    black_box(Drawing::new(&due, &events, &[], TERMINAL));
    println!("{name}: lanes {} ms, picture of two runs {} ms", lanes.as_millis(), start.elapsed().as_millis());
}
