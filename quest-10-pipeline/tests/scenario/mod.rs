//! Files, delays and faults drawn from a seed.
//!
//! Correct programs may differ in what they have begun when an error comes. There, only the end is recorded.

use std::time::Duration;

use ::timeline::{Timeline, record, simulate_async};
use fastrand::Rng;
use quest_10_pipeline::{BoxError, Options, Summary};
use tokio::time::{self, Instant};

use super::folder::{Folder, caught};

/// Rounds of one scenario, and the time from the start of one to the start of the next.
const ROUNDS: u32 = 5;
const ROUND: Duration = Duration::from_secs(10);

/// No line has more bytes, but those that are too long.
const MAX_LINE: usize = 20;

const TEXTS: [&str; 8] = ["", "tea", "milk", "two words", "é", "日本", "a\rb", "exactly twenty bytes"];

pub fn run() -> Timeline {
    let mut rng = Rng::with_seed(observe::seed());
    simulate_async(async {
        let start = Instant::now();
        for number in 0..ROUNDS {
            time::sleep_until(start + ROUND * number).await;
            Round::draw(&mut rng, number == 0).run().await;
        }
    })
    .canonical()
}

/// What goes wrong in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Nothing,
    ProcessFails,
    ProcessPanics,
    NotUtf8,
    TooLong,
    NoInput,
    Dropped,
}

struct Round {
    input: Vec<u8>,
    delays: Vec<u64>,
    in_flight: usize,
    old_output: bool,
    fault: Fault,
    /// The line with the fault, counted from 1.
    bad_line: u64,
    dropped_after: Duration,
}

impl Round {
    /// The first round is a fair one: several lines in flight, and no fault.
    fn draw(rng: &mut Rng, is_first: bool) -> Self {
        let faults = [
            Fault::ProcessFails,
            Fault::ProcessPanics,
            Fault::NotUtf8,
            Fault::TooLong,
            Fault::NoInput,
            Fault::Dropped,
            Fault::Dropped,
        ];
        let fault = if is_first || rng.bool() { Fault::Nothing } else { faults[rng.usize(..faults.len())] };
        let least = if is_first { 5 } else { usize::from(fault != Fault::Nothing) };
        let lines = rng.usize(least..=9);
        let bad_line = rng.usize(1..=lines.max(1));
        let mut input = Vec::new();
        for line in 1..=lines {
            input.extend(TEXTS[rng.usize(..TEXTS.len())].bytes());
            if line == bad_line {
                match fault {
                    Fault::NotUtf8 => input.push(0xff),
                    Fault::TooLong => input.extend([b'x'; MAX_LINE + 1]),
                    _ => {}
                }
            }
            let ending: &[u8] = if rng.bool() { b"\n" } else { b"\r\n" };
            // A last line without an ending is none if it has no text either.
            if line < lines || input.last().is_none_or(|byte| *byte == b'\n') || rng.bool() {
                input.extend(ending);
            }
        }
        Self {
            input,
            delays: (0..lines).map(|_| 10 * rng.u64(0..=40)).collect(),
            in_flight: if is_first { rng.usize(2..=4) } else { rng.usize(1..=4) },
            old_output: rng.bool(),
            fault,
            bad_line: bad_line as u64,
            // Never at the very moment at which a line ends.
            dropped_after: Duration::from_millis(10 * rng.u64(0..=60) + 5),
        }
    }

    async fn run(self) {
        let start = Instant::now();
        let mut folder = if self.fault == Fault::NoInput { Folder::new() } else { Folder::of(&self.input) };
        if self.old_output {
            folder = folder.with("output.txt", "precious");
        }
        let determined = matches!(self.fault, Fault::Nothing | Fault::Dropped);
        record("main", format!("{} in flight, {:?}", self.in_flight, self.fault));
        let progress = |summary: &Summary| {
            if determined {
                record(format!("Line {}", summary.lines), format!("written: {} bytes", summary.bytes_written));
            }
        };
        let (fault, bad_line, delays) = (self.fault, self.bad_line, self.delays);
        let process = move |number: u64, line: String| {
            let delay = usize::try_from(number).ok().and_then(|number| delays.get(number.checked_sub(1)?)).copied();
            async move {
                let delay = delay.ok_or("there is no such line")?;
                if determined {
                    record(format!("Line {number}"), format!("begins <{line}>"));
                }
                if delay > 0 {
                    time::sleep(Duration::from_millis(delay)).await;
                }
                match fault {
                    Fault::ProcessFails if number == bad_line => Err(BoxError::from("spilt")),
                    Fault::ProcessPanics if number == bad_line => panic!("this line panics on purpose"),
                    _ => Ok(line.to_uppercase()),
                }
            }
        };
        let options = Options { in_flight: self.in_flight, max_line: MAX_LINE };
        let running = folder.run_quietly(options, process, progress);
        let ended = match fault {
            Fault::ProcessPanics => match caught(running).await {
                Some(ended) if !ended.starts_with("Process: ") => ended,
                _ => "the panic is reported".to_owned(),
            },
            Fault::Dropped => time::timeout(self.dropped_after, running).await.unwrap_or("dropped".to_owned()),
            _ => running.await,
        };
        if determined {
            record("main", &ended);
        }
        time::sleep_until(start + ROUND / 2).await;
        if !determined {
            // When an error is returned is open.
            record("main", &ended);
        }
        folder.show("output.txt");
        if fault != Fault::Dropped && fault != Fault::ProcessPanics {
            folder.show_names();
        }
    }
}
