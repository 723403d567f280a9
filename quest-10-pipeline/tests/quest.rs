//! What the pipeline must do: one behaviour per test, in the order of the lesson.
//!
//! The files are real, in a folder of the test's own. The processing takes virtual time; reading and writing take none.

mod folder;
mod scenario;

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::timeline::{record, simulate_async};
use folder::{Folder, caught, how, patient};
use observe::observe;
use quest_10_pipeline::{BoxError, Options, Summary, pipeline};
use tokio::time::{self, Instant};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Limits that no line of these tests comes near.
const ROOMY: Options = Options { in_flight: 4, max_line: 1 << 20 };

/// What most tests do to a line: capital letters, after the delay that the line has in the list.
async fn shout(number: u64, line: String, delays: &[u64]) -> Result<String, BoxError> {
    let name = format!("Line {number}");
    record(&name, format!("begins: {line}"));
    let delay = usize::try_from(number).ok().and_then(|number| delays.get(number.checked_sub(1)?));
    time::sleep(ms(*delay.ok_or("there is no such line")?)).await;
    record(&name, "ends");
    Ok(line.to_uppercase())
}

// A line at a time

/// With one line in flight, each of three lines is processed, written and reported to `progress` before the next one is
/// read. An empty input gives an empty output.
#[test]
fn every_line_is_processed_and_written() {
    observe!(
        simulate_async(async {
            let kitchen = Folder::of("tea\nmilk\nlemon, sugar\n");
            let ended = kitchen.run(1, |number, line| shout(number, line, &[300, 100, 200])).await;
            record("main", ended);
            kitchen.show("output.txt");
            time::sleep(ms(400)).await;
            let nothing = Folder::of("").with("output.txt", "of yesterday");
            record("main", nothing.run(1, |number, line| shout(number, line, &[])).await);
            nothing.show("output.txt");
        })
        .canonical()
    );
}

/// Unix and Windows line endings, blank lines, a carriage return within a line, and a last line without an ending stay
/// as they were.
#[test]
fn endings_stay_as_they_are() {
    observe!(simulate_async(async {
        let texts = ["unix\n\n\nends\n", "dos\r\n\r\nends\r\n", "mixed\n\r\nlone\rone\r\n\nno end", "\n", "odd\r"];
        for text in texts {
            let folder = Folder::of(text);
            let brackets = |_, line| async move { Ok(format!("<{line}>")) };
            record("main", folder.run_quietly(Options::default(), brackets, |_| ()).await);
            folder.show("output.txt");
        }
    }));
}

// Several lines in flight

/// Two lines in flight take 300, 100, 200 and 50 ms. A finished line that waits to be written still counts as in
/// flight, so the end is at 500 ms.
// If only the lines that are being processed were counted, line 3 would begin at 100, and all would end at 350.
#[test]
fn results_stay_in_the_order_of_the_lines() {
    observe!(
        simulate_async(async {
            let folder = Folder::of("a\nb\nc\nd\n");
            let ended = folder.run(2, |number, line| shout(number, line, &[300, 100, 200, 50])).await;
            record("main", ended);
            folder.show("output.txt");
        })
        .canonical()
    );
}

/// Two lines in flight take 100, 300, 200 and 50 ms. Line 3 begins when line 1 is written, so the end is at 350 ms.
// In chunks of two lines, this would end at 500.
#[test]
fn a_written_line_makes_room_at_once() {
    observe!(
        simulate_async(async {
            let folder = Folder::of("a\nb\nc\nd\n");
            let ended = folder.run(2, |number, line| shout(number, line, &[100, 300, 200, 50])).await;
            record("main", ended);
            folder.show("output.txt");
        })
        .canonical()
    );
}

/// The last of 128 long lines changes while the first is being processed, and the output has the change. Results are
/// written as they come. No line is lost if the input grows meanwhile.
// The last of 128 lines is changed while the first is processed, 8 MiB before it. No buffer is that large. And when
// the last one is processed, most results must be in a file.
#[test]
fn only_lines_in_flight_are_in_memory() {
    observe!(simulate_async(async {
        const LINE: usize = 64 << 10;
        let lines = (1..=128).map(|number| format!("{:<1$}\n", format!("line {number:03}"), LINE - 1));
        let folder = Arc::new(Folder::of(lines.collect::<String>()));
        let process = {
            let folder = Arc::clone(&folder);
            move |number, line: String| {
                if number == 1 {
                    let mut file = OpenOptions::new().write(true).open(folder.path("input.txt")).expect("it is there");
                    file.seek(SeekFrom::Start(127 * LINE as u64)).expect("it is that long");
                    file.write_all(b"changed!").expect("it can be written");
                }
                if number == 128 {
                    let written = folder.bytes_beside("input.txt") > 4 << 20;
                    record("line 128", if written { "most results are in a file" } else { "all are in memory" });
                }
                async move { Ok(line) }
            }
        };
        let options = Options { in_flight: 1, max_line: LINE };
        record("main", folder.run_quietly(options, process, |_| ()).await);
        let output = fs::read_to_string(folder.path("output.txt")).unwrap_or_default();
        for number in [1, 127, 128] {
            let line = output.lines().nth(number - 1).unwrap_or("(missing)");
            record(format!("line {number}"), line.trim_end());
        }
        record("growing", grow_while_read().await);
    }));
}

/// Lines that are appended to the input may be read or not. All the others must be read, and no half line.
async fn grow_while_read() -> &'static str {
    let folder = Folder::of("one\ntwo\nthree\n");
    let input = folder.path("input.txt");
    let append_once = move |number, line: String| {
        if number == 2 {
            let mut file = OpenOptions::new().append(true).open(&input).expect("the input is there");
            file.write_all(b"four\nfive\n").expect("it can be written");
        }
        async move { Ok(line) }
    };
    folder.run_quietly(ROOMY, append_once, |_| ()).await;
    match fs::read_to_string(folder.path("output.txt")).as_deref() {
        Ok("one\ntwo\nthree\n" | "one\ntwo\nthree\nfour\n" | "one\ntwo\nthree\nfour\nfive\n") => "whole lines",
        _ => "lines are lost",
    }
}

// Errors that say what and where

/// A missing input, a missing folder for the output, a folder in place of a file, a line that cannot be processed, no
/// line in flight: each has its own error.
#[test]
fn an_error_says_what_and_where() {
    observe!(simulate_async(async {
        let folder = Folder::of("one\ntwo\nthree\n");
        fs::create_dir(folder.path("folder")).expect("a test can write into its folder");
        let paths = [
            ("no input", "missing.txt", "output.txt"),
            ("folder in", "folder", "output.txt"),
            ("no folder", "input.txt", "missing/output.txt"),
            ("folder out", "input.txt", "folder"),
        ];
        for (what, from, to) in paths {
            let (input, output) = (folder.path(from), folder.path(to));
            let ended = patient(pipeline(&input, &output, ROOMY, |_, line| async { Ok(line) }, |_| ())).await;
            record(what, how(&ended, &input, &output));
        }
        let spill =
            |number, line| async move { if number == 2 { Err(format!("{line} is spilt").into()) } else { Ok(line) } };
        record("line 2", folder.run_quietly(ROOMY, spill, |_| ()).await);
        let none = Options { in_flight: 0, ..ROOMY };
        record("none in flight", folder.run_quietly(none, |_, line| async { Ok(line) }, |_| ()).await);
    }));
}

/// A line that is not UTF-8, or is longer than `max_line` bytes, ends the pipeline with an error that has its number. A
/// line of 60 MiB is not read to its end.
#[test]
fn a_bad_line_is_named_by_its_number() {
    observe!(simulate_async(async {
        let refuse = async |input: &[u8], max_line: usize| {
            let folder = Folder::of(input);
            let options = Options { in_flight: 2, max_line };
            record("main", folder.run_quietly(options, |_, line| async { Ok(line) }, |_| ()).await);
        };
        record("UTF-8", "one bad byte in line 3");
        refuse(b"fine\n\nbad \xff\nfine\n", 100).await;
        // The first letter has one byte. So wherever a buffer of even size ends, it ends within a letter.
        record("UTF-8", "20 001 letters of two bytes, but one");
        refuse(format!("e{}", "é".repeat(20_000)).as_bytes(), usize::MAX).await;
        record("5 bytes", "fits, with any ending");
        refuse(b"12345\n12345\r\n12345", 5).await;
        record("5 bytes", "6 do not fit");
        refuse(b"12345\n123456\n", 5).await;
        record("5 bytes", "nor without an ending");
        refuse(b"12345\r\n123456", 5).await;
        record("5 bytes", "nor 3 letters of two bytes");
        refuse("\r\n\nééé\n".as_bytes(), 5).await;
        record("60 MiB", format!("refused: {}", refuse_60_mib().await));
    }));
}

/// Whether a line of 60 MiB is refused 100 times. A program that stops when the line is too long takes no time for it.
/// One that reads the line to its end runs into the time limit.
async fn refuse_60_mib() -> bool {
    let folder = Folder::of("");
    let file = OpenOptions::new().write(true).open(folder.path("input.txt")).expect("the input is there");
    file.set_len(60 << 20).expect("a hole in a file takes no space");
    for _ in 0..100 {
        let options = Options { in_flight: 1, max_line: 1000 };
        if folder.run_quietly(options, |_, line| async { Ok(line) }, |_| ()).await != "LineTooLong: line 1" {
            return false;
        }
    }
    true
}

// All or nothing

/// After an error or a panic, the output is what it was, or still missing. An error leaves no other file behind.
#[test]
fn an_error_keeps_the_old_output() {
    observe!(simulate_async(async {
        let fail_at_4 = |number, line| async move { if number < 4 { Ok(line) } else { Err("spilt".into()) } };
        let options = || Options { in_flight: 2, max_line: 10 };

        let folder = Folder::of("a\nb\nc\nd\ne\n").with("output.txt", "precious");
        record("an error", folder.run_quietly(options(), fail_at_4, |_| ()).await);
        folder.show("output.txt");
        folder.show_names();

        let folder = Folder::of("a\nb\nc\nd\ne\n");
        record("no output", folder.run_quietly(options(), fail_at_4, |_| ()).await);
        folder.show_names();

        let folder = Folder::of("a\nb\nc\nmuch too long a line\n").with("output.txt", "precious");
        record("a bad line", folder.run_quietly(options(), |_, line| async { Ok(line) }, |_| ()).await);
        folder.show("output.txt");
        folder.show_names();

        let folder = Folder::new();
        record("no input", folder.run_quietly(options(), |_, line| async { Ok(line) }, |_| ()).await);
        folder.show_names();

        // The panic may pass through, or become an error.
        let folder = Folder::of("a\nb\nc\nd\ne\n").with("output.txt", "precious");
        let panic_at_4 = |number, line| async move {
            assert!(number != 4, "this line panics on purpose");
            Ok(line)
        };
        let ended = caught(folder.run_quietly(options(), panic_at_4, |_| ())).await;
        record("a panic", if ended.is_some_and(|ended| ended.contains("lines,")) { "is lost" } else { "is reported" });
        folder.show("output.txt");
    }));
}

/// Names that a program may think of for a file of its own.
const TAKEN: [&str; 16] = [
    ".output.tmp",
    ".output.txt.0.tmp",
    ".output.txt.tmp",
    ".tmp",
    "output",
    "output.bak",
    "output.new",
    "output.part",
    "output.temp",
    "output.tmp",
    "output.txt.new",
    "output.txt.part",
    "output.txt.temp",
    "output.txt.tmp",
    "output.txt~",
    "tmp",
];

/// Sixteen other files in the folder, with names that a temporary file might have, keep their contents. Input and
/// output may be the same file.
#[test]
fn no_other_file_is_touched() {
    observe!(simulate_async(async {
        let folder = TAKEN.iter().fold(Folder::of("tea\n"), |folder, name| folder.with(name, "precious"));
        let upper = |_, line: String| async move { Ok(line.to_uppercase()) };
        record("taken names", folder.run_quietly(ROOMY, upper, |_| ()).await);
        folder.show("output.txt");
        let kept = TAKEN.iter().filter(|name| fs::read(folder.path(name)).is_ok_and(|content| content == b"precious"));
        record("folder", format!("{} of {} other files kept", kept.count(), TAKEN.len()));
        record("folder", format!("{} files more", folder.names().len() - TAKEN.len()));

        let folder = Folder::of("tea\nmilk\n");
        let path = folder.path("input.txt");
        let ended = patient(pipeline(&path, &path, ROOMY, upper, |_| ())).await;
        record("in place", how(&ended, &path, &path));
        folder.show("input.txt");
        folder.show_names();
    }));
}

/// Once the pipeline has returned an error or was dropped, no line is processed any more.
// When an error is returned is open: at once, or when the lines in flight have ended. What happens after that is not.
#[test]
fn nothing_goes_on_after_the_end() {
    observe!(simulate_async(async {
        record("an error", goes_on_after(ms(4000)).await);
        record("a drop", goes_on_after(ms(50)).await);
    }));
}

/// Runs a pipeline whose first line fails after 100 ms, others after 500 ms, but drops it after `patience`.
async fn goes_on_after(patience: Duration) -> &'static str {
    let start = Instant::now();
    let folder = Folder::of("a\nb\nc\nd\n").with("output.txt", "precious");
    let (is_over, goes_on) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let process = {
        let (is_over, goes_on) = (Arc::clone(&is_over), Arc::clone(&goes_on));
        move |number, line| {
            let (is_over, goes_on) = (Arc::clone(&is_over), Arc::clone(&goes_on));
            async move {
                time::sleep(ms(if number == 1 { 100 } else { 500 })).await;
                goes_on.fetch_or(is_over.load(Ordering::SeqCst), Ordering::SeqCst);
                if number == 1 { Err("spilt".into()) } else { Ok(line) }
            }
        }
    };
    let in_time = time::timeout(patience, folder.run_quietly(ROOMY, process, |_: &Summary| ())).await;
    is_over.store(true, Ordering::SeqCst);
    time::sleep_until(start + ms(5000)).await;
    let precious = fs::read(folder.path("output.txt")).is_ok_and(|content| content == b"precious");
    match (in_time.as_deref(), goes_on.load(Ordering::SeqCst)) {
        _ if !precious => "old output gone",
        (_, true) => "a line goes on",
        (Err(_), false) => "dropped, then quiet",
        (Ok("Process: line 1, spilt"), false) => "reported, then quiet",
        (Ok(_), false) => "another end",
    }
}

// Anything at all

/// Random lines, delays and faults end as they do with the course's solution.
#[test]
fn scenario() {
    observe!(scenario::run());
}
