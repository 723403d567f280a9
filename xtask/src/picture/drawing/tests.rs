//! The pictures as they look.

use super::*;
use crate::terminal::style::plain;
use std::time::Duration;
use timeline::{Timeline, TraceKind};

const EXPECTED: &str = "0 ms  Task 1  started\n0 ms  Task 2  started\n2000 ms  Task 2  finished\n\
                            3000 ms  Task 1  finished\n3000 ms  main  returned";
const SEEN: &str = "0 ms  Task 1  started\n3000 ms  Task 1  finished\n3000 ms  Task 2  started\n\
                        5000 ms  Task 2  finished\n5000 ms  main  returned";

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn drawn(expected: &str, seen: &str, width: usize, unicode: bool) -> String {
    let [expected, seen] = [expected, seen].map(|text| text.parse::<Timeline>().unwrap());
    let drawing = Drawing::new(expected.events(), seen.events(), &[], Terminal { width, unicode });
    drawing.map_or_else(String::new, |drawing| plain(&drawing.text))
}

#[test]
fn seen_is_above_expected_where_they_differ() {
    let picture = "                  0 ms       1000      2000       3000      4000    5000
                  ┯━━━━━━━━━━┯━━━━━━━━━┯━━━━━━━━━━┯━━━━━━━━━┯━━━━━━━━━━┯
Task 1            ├───────────────────────────────┤
Task 2  seen                                      ├────────────────────┤
                                                  ▲
        expected  ├────────────────────┤
                  ▲
main    seen                                                           r
        expected                                  r

├ started   ┤ finished   r returned
First difference (▲): at 0 ms Task 2 started was expected; it came at 3000 ms.
";
    assert_eq!(drawn(EXPECTED, SEEN, 72, true), picture);
}

#[test]
fn equal_runs_are_one() {
    let picture = "        0 ms      1000       2000   3000
        +---------+----------+---------+
Task 1  [------------------------------]
Task 2  [--------------------]
main                                   r

[ started   ] finished   r returned
";
    assert_eq!(drawn(EXPECTED, EXPECTED, 40, false), picture);
}

#[test]
fn what_never_ends_is_drawn_until_the_run_does() {
    let picture = drawn("0 ms  A  started\n9 ms  A  finished", "0 ms  A  started\n5 ms  B  came", 40, false);
    assert!(picture.contains("A  seen      [..............\n"), "{picture}");
    assert!(picture.contains("B  seen                    c\n"), "{picture}");
    assert!(picture.contains("   expected  (nothing)\n"), "{picture}");
    assert!(picture.contains(".. no end was seen"), "{picture}");
}

#[test]
fn the_trace_is_drawn_into_the_lanes() {
    let trace_event = |at: u64, what| TraceEvent { at: ms(at), after: 0, lane: "main".into(), task: "A".into(), what };
    let events = "0 ms  A  started\n0 ms  B  started\n30 ms  A  finished\n40 ms  B  finished\n60 ms  main  returned";
    let timeline: Timeline = events.parse().unwrap();
    let trace = [
        trace_event(10, TraceKind::Blocks(ms(20))),
        trace_event(40, TraceKind::Sleeps(ms(50))),
        trace_event(50, TraceKind::Waits("`unpark`".into())),
    ];
    let terminal = Terminal { width: 40, unicode: false };
    let drawing = Drawing::new(timeline.events(), timeline.events(), &trace, terminal).unwrap();
    let picture = "      0 ms       20         40        60
      +----------+----------+----------+
A     [-----#####------]
B     [-----%%%%%-----------]
main                         :::::~~~~~r
";
    assert!(plain(&drawing.text).starts_with(picture), "{}", drawing.text);
    assert!(drawing.text.contains(":: sleeps"), "{}", drawing.text);
}

#[test]
fn the_legend_names_no_mark_that_is_not_in_the_picture() {
    let timeline: Timeline = "0 ms  A  started\n9 ms  A  finished\n9 ms  B  came".parse().unwrap();
    let sleep = TraceEvent { at: ms(0), after: 0, lane: "A".into(), task: "A".into(), what: TraceKind::Sleeps(ms(9)) };
    let terminal = Terminal { width: 40, unicode: false };
    let drawing = Drawing::new(timeline.events(), timeline.events(), &[sleep], terminal).unwrap();
    assert!(drawing.text.contains("[ started   ] finished   c came"), "{}", drawing.text);
}

#[test]
fn no_line_is_wider_than_asked() {
    let long = "0 ms  a task with quite a long name  started\n1 ms  b  says quite a lot about what it did, too much";
    for width in [40, 41, 60, 80, 140] {
        for (expected, seen) in [(EXPECTED, SEEN), (EXPECTED, EXPECTED), (long, long)] {
            let picture = drawn(expected, seen, width, true);
            let is_sentence = |line: &&str| line.starts_with("First difference");
            let lines = || picture.lines().filter(|line| !is_sentence(line));
            assert!(lines().count() > 3 && lines().all(|line| line.chars().count() <= width), "{picture}");
        }
    }
    assert_eq!(drawn(EXPECTED, SEEN, 39, true), "");
}

#[test]
fn a_long_run_is_shown_around_the_first_difference() {
    let lines = |end: u32| (0..end).map(|at| format!("{at}0 ms  a  b")).collect::<Vec<_>>().join("\n");
    let picture = drawn(&lines(500), &lines(400), 80, false);
    assert!(picture.contains("First difference (^): at 4000 ms a b was expected; it never came."), "{picture}");
    assert!(picture.contains("Not shown: "), "{picture}");
}
