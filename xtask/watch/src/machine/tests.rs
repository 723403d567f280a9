//! The machine, event by event.

use super::*;
use crate::event::{KeyPress, QuitReason};
use xtask::engine::verdict::{TestResult, Verdict};

/// Three quests of ten points; the third runs on the code of the second, too.
fn machine(chosen: Option<u32>) -> StateMachine {
    let quest = |number, dependents| QuestNode { number, dependents };
    StateMachine::new(vec![quest(1, vec![]), quest(2, vec![3]), quest(3, vec![])], chosen)
}

/// A machine that has seen the whole course, with no quest started.
fn watching() -> StateMachine {
    let mut machine = machine(None);
    assert_eq!(machine.handle(looked([1, 1, 1], 0)), [Effect::Check(vec![1, 2, 3])]);
    assert_eq!(machine.handle(judged(&[(1, 0), (2, 0), (3, 0)], [1, 1, 1])), [show(1, View::Course)]);
    machine
}

/// Contents of the three files; zero means no file.
fn contents(hashes: [u64; 3]) -> FileContents {
    let content = |hash| if hash == 0 { FileContent::Missing } else { FileContent::Hash(hash) };
    (1..).zip(hashes.map(content)).collect()
}

fn looked(hashes: [u64; 3], milliseconds: u64) -> WatchEvent {
    WatchEvent::FilesRead { contents: contents(hashes), now: Duration::from_millis(milliseconds) }
}

/// Quests with the points they have now, and what the files contain after the check.
fn judged(points: &[(u32, u32)], hashes: [u64; 3]) -> WatchEvent {
    let verdicts = points.iter().map(|(quest, points)| (*quest, judgement(*points))).collect();
    WatchEvent::Judged { verdicts, contents: contents(hashes), now: Duration::ZERO }
}

fn judgement(points: u32) -> Judgement {
    let test =
        |points, verdict| TestResult { name: "t".into(), points, verdict, output: String::new(), traces: Vec::new() };
    Judgement::Observed(vec![test(points, Verdict::Passed), test(10 - points, red_unless(points == 10))])
}

fn red_unless(passed: bool) -> Verdict {
    if passed { Verdict::Passed } else { Verdict::OutOfTime }
}

fn show(check: u32, what: View) -> Effect {
    Effect::Show(VerdictView { check, what, passed: None })
}

fn passed(check: u32, what: View, quest: u32) -> Effect {
    Effect::Show(VerdictView { check, what, passed: Some(quest) })
}

fn press(machine: &mut StateMachine, key: char) -> Vec<Effect> {
    machine.handle(WatchEvent::Key(KeyPress::Char(key)))
}

#[test]
fn at_first_everything_is_checked_and_the_course_is_shown() {
    watching();
    let mut machine = machine(Some(2));
    machine.handle(looked([1, 1, 1], 0));
    let effects = machine.handle(judged(&[(1, 0), (2, 0), (3, 0)], [1, 1, 1]));
    assert_eq!(effects, [show(1, View::Quest(2))], "the chosen one");
}

#[test]
fn reading_unchanged_files_does_nothing() {
    let mut machine = watching();
    assert_eq!(machine.handle(looked([1, 1, 1], 500)), []);
}

#[test]
fn what_was_saved_is_checked_first_and_then_what_runs_on_it() {
    let mut machine = watching();
    assert_eq!(machine.handle(looked([1, 2, 1], 0)), [Effect::Check(vec![2])]);
    let effects = machine.handle(judged(&[(2, 5)], [1, 2, 1]));
    assert_eq!(effects, [show(2, View::Quest(2)), Effect::Check(vec![3])]);
    assert_eq!(machine.focus(), 2, "a learner works on the quest that was saved");
    assert_eq!(machine.handle(judged(&[(3, 0)], [1, 2, 1])), [], "nothing has changed");
}

#[test]
fn a_dependent_whose_points_change_is_shown_in_a_line() {
    let mut machine = watching();
    machine.handle(looked([1, 2, 1], 0));
    machine.handle(judged(&[(2, 5)], [1, 2, 1]));
    assert_eq!(machine.handle(judged(&[(3, 4)], [1, 2, 1])), [show(3, View::Line(3))]);
}

#[test]
fn a_save_during_a_check_is_checked_after_it() {
    let mut machine = watching();
    assert_eq!(machine.handle(looked([2, 1, 1], 0)), [Effect::Check(vec![1])]);
    let effects = machine.handle(judged(&[(1, 3)], [3, 1, 1]));
    assert_eq!(effects[0], show(2, View::Line(1)));
    assert_eq!(effects.last(), Some(&Effect::Check(vec![1])));
    assert_eq!(machine.handle(judged(&[(1, 4)], [3, 1, 1])), [show(3, View::Quest(1))]);
}

#[test]
fn a_save_during_the_first_check_is_shown_as_a_save() {
    let mut machine = machine(None);
    machine.handle(looked([1, 1, 1], 0));
    let effects = machine.handle(judged(&[(1, 0), (2, 0), (3, 0)], [2, 1, 1]));
    assert_eq!(effects, [show(1, View::Course), Effect::Check(vec![1])]);
    assert_eq!(machine.handle(judged(&[(1, 4)], [2, 1, 1])), [show(2, View::Quest(1))]);
}

#[test]
fn a_change_that_is_taken_back_during_a_check_is_checked_too() {
    let mut machine = watching();
    machine.handle(looked([2, 1, 1], 0));
    assert_eq!(machine.handle(looked([3, 1, 1], 0)), [], "one check at a time");
    machine.handle(looked([2, 1, 1], 0));
    let effects = machine.handle(judged(&[(1, 3)], [2, 1, 1]));
    assert_eq!(effects.last(), Some(&Effect::Check(vec![1])), "the compiler may have read what was there between");
}

#[test]
fn a_file_that_is_being_replaced_is_waited_for() {
    let mut machine = watching();
    assert_eq!(machine.handle(looked([0, 1, 1], 0)), [Effect::ReadFilesAfter(SOON)]);
    assert_eq!(machine.handle(looked([0, 1, 1], 900)), [Effect::ReadFilesAfter(SOON)]);
    assert_eq!(machine.handle(looked([1, 1, 1], 950)), [], "it is the same again");
    assert_eq!(
        machine.handle(looked([0, 1, 1], 1500)),
        [Effect::ReadFilesAfter(SOON)],
        "a second time, from the start"
    );
    assert_eq!(machine.handle(looked([2, 1, 1], 1600)), [Effect::Check(vec![1])]);
}

#[test]
fn a_file_that_does_not_come_back_is_missing() {
    let mut machine = watching();
    machine.handle(looked([0, 1, 1], 0));
    assert_eq!(machine.handle(looked([0, 1, 1], 1000)), [Effect::Check(vec![1])]);
    machine.handle(judged(&[(1, 0)], [0, 1, 1]));
    assert_eq!(machine.handle(looked([0, 1, 1], 3000)), [], "once is enough");
}

#[test]
fn a_quest_that_passes_hands_on_to_the_first_unfinished_one() {
    let mut machine = watching();
    machine.handle(looked([1, 1, 2], 0));
    let effects = machine.handle(judged(&[(3, 10)], [1, 1, 2]));
    assert_eq!(effects, [passed(2, View::Quest(1), 3)]);
    assert_eq!(machine.focus(), 1);
}

#[test]
fn the_last_quest_that_passes_shows_the_course() {
    let mut machine = watching();
    machine.handle(looked([2, 2, 1], 0));
    machine.handle(judged(&[(1, 10), (2, 10)], [2, 2, 1]));
    machine.handle(judged(&[(3, 0)], [2, 2, 1]));
    machine.handle(looked([2, 2, 2], 0));
    assert_eq!(machine.handle(judged(&[(3, 10)], [2, 2, 2])), [passed(4, View::Course, 3)]);
}

#[test]
fn keys_while_watching_are_about_the_quest_in_focus() {
    let mut machine = watching();
    assert_eq!(press(&mut machine, 'h'), [Effect::SeenHints(1)]);
    assert_eq!(press(&mut machine, 'n'), [Effect::NextHint(1)]);
    assert_eq!(press(&mut machine, 't'), [Effect::Timeline(1)]);
    assert_eq!(press(&mut machine, '?'), [Effect::Help]);
    assert_eq!(press(&mut machine, 'x'), []);
    assert_eq!(machine.handle(WatchEvent::Key(KeyPress::Enter)), [show(1, View::Quest(1))]);
    assert_eq!(press(&mut machine, 'q'), [Effect::Quit(QuitReason::QuitKey)]);
    assert_eq!(press(&mut machine, 'c'), [Effect::Check(vec![1, 2, 3])]);
}

#[test]
fn the_list_jumps_to_a_quest_or_goes_back() {
    let mut machine = watching();
    press(&mut machine, 'l');
    assert_eq!(press(&mut machine, '3'), [show(1, View::Quest(3))]);
    assert_eq!((machine.focus(), &machine.mode), (3, &InputMode::Watching));
    press(&mut machine, 'l');
    machine.handle(WatchEvent::Key(KeyPress::Up));
    assert_eq!(machine.handle(WatchEvent::Key(KeyPress::Escape)), []);
    assert_eq!(machine.focus(), 3);
    press(&mut machine, 'l');
    assert_eq!(machine.handle(WatchEvent::Key(KeyPress::CtrlC)), [Effect::Quit(QuitReason::CtrlC)]);
}

#[test]
fn a_jump_to_a_quest_without_a_verdict_waits_for_it() {
    let mut machine = machine(None);
    machine.handle(looked([1, 1, 1], 0));
    press(&mut machine, 'l');
    assert_eq!(press(&mut machine, '2'), []);
    assert_eq!(machine.handle(judged(&[(1, 0), (2, 0), (3, 0)], [1, 1, 1])), [show(1, View::Quest(2))]);
}

#[test]
fn a_reset_needs_a_yes() {
    let mut machine = watching();
    assert_eq!(press(&mut machine, 'R'), []);
    assert_eq!(press(&mut machine, 'n'), [Effect::PrintLine("Nothing was changed.".into())]);
    press(&mut machine, 'R');
    assert_eq!(press(&mut machine, 'y'), [Effect::Reset(1)]);
    assert_eq!(press(&mut machine, 'y'), [], "asked once, answered once");
}

#[test]
fn a_demo_waits_for_the_check_and_a_check_for_the_demo() {
    let mut machine = watching();
    machine.handle(looked([2, 1, 1], 0));
    assert_eq!(press(&mut machine, 'r'), []);
    assert_eq!(machine.handle(judged(&[(1, 3)], [2, 1, 1])), [show(2, View::Quest(1)), Effect::Demo(1)]);
    assert_eq!(machine.handle(looked([3, 1, 1], 0)), []);
    assert_eq!(machine.handle(WatchEvent::DemoEnded), [Effect::Check(vec![1])]);
}

#[test]
fn keys_during_a_demo_end_it_and_only_a_second_ctrl_c_leaves() {
    let mut machine = watching();
    assert_eq!(press(&mut machine, 'r'), [Effect::Demo(1)]);
    assert_eq!(press(&mut machine, 'h'), []);
    assert_eq!(press(&mut machine, 'q'), [Effect::EndDemo]);
    assert_eq!(machine.handle(WatchEvent::Key(KeyPress::CtrlC)), [Effect::Quit(QuitReason::CtrlC)]);
}

#[test]
fn a_check_that_could_not_be_made_is_not_repeated_by_itself() {
    let mut machine = watching();
    machine.handle(looked([2, 1, 1], 0));
    assert_eq!(machine.handle(WatchEvent::Failed), [Effect::PrintLine("Press c to try again.".into())]);
    assert_eq!(machine.handle(looked([2, 1, 1], 0)), []);
    assert_eq!(press(&mut machine, 'c'), [Effect::Check(vec![1, 2, 3])]);
}
