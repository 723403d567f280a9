//! What is drawn: pure functions from the state machine's state to lines that fit.

use crate::machine::list::QuestList;
use crate::machine::{Binding, Busy, InputMode, KEYS, StateMachine};
use std::fmt::Write as _;
use xtask::course::{Course, Quest};
use xtask::report::course_progress::CourseProgress;
use xtask::report::status;
use xtask::terminal::style::{BOLD, CYAN, DIM, Terminal, paint};
use xtask::terminal::wrap::wrap;

/// The window's size in characters.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub columns: usize,
    pub rows: usize,
}

/// The lines that are redrawn at the end: the list, if it is open, and the keys.
pub fn live(machine: &StateMachine, course: &Course, terminal: Terminal, window: Window) -> Vec<String> {
    // The last column stays free: some terminals wrap when it is written.
    let width = window.columns.saturating_sub(1).max(1);
    let mut lines = Vec::new();
    if let InputMode::Choosing(list) = &machine.mode {
        lines = quests(list, machine, course, terminal, Window { columns: width, rows: window.rows.saturating_sub(2) });
    }
    lines.push(status(machine, course, width));
    lines
}

/// A line with the title of what follows.
pub fn rule(title: &str, terminal: Terminal) -> String {
    let line = if terminal.unicode { "─" } else { "-" };
    let title = format!("{} {title} ", line.repeat(2));
    let rest = terminal.width.saturating_sub(title.chars().count() + 1);
    paint(DIM, format_args!("{title}{}", line.repeat(rest)))
}

/// The keys, one on each line.
pub fn help(terminal: Terminal) -> String {
    let lines = KEYS.iter().map(|Binding { key, does, .. }| {
        let text = wrap(does, terminal.width, "         ");
        format!("  {}{}\n", paint(CYAN, format_args!("{key:<6}")), &text[8..])
    });
    let more = wrap("Save a file to judge its quest. To see earlier output, scroll back.", terminal.width, "");
    format!("{}{more}\n", lines.collect::<String>())
}

/// The quest and its points, and as many keys as fit.
fn status(machine: &StateMachine, course: &Course, width: usize) -> String {
    if let Some(words) = question(machine) {
        let fits = words.iter().find(|words| words.chars().count() <= width);
        return cut(fits.unwrap_or(&words[1]), width);
    }
    let place = place(machine, course);
    let course_progress = course_progress(machine, course).map(|it| format!("  {}/{} points", it.points, it.of_points));
    let is_last = |binding: &&Binding| matches!(binding.key, "?" | "q");
    let (last, others): (Vec<_>, Vec<_>) = KEYS.iter().filter(|binding| binding.key != "Enter").partition(is_last);
    let length = |binding: &Binding| "   ".len() + binding.key.len() + binding.name.len();
    let reserved: usize = last.iter().copied().map(length).sum();
    let Some(mut room) = width.checked_sub(place.chars().count() + reserved) else {
        return cut(&format!("{place}  ? q"), width);
    };
    let mut line = paint(BOLD, &place);
    if let Some(course_progress) = course_progress.filter(|course_progress| course_progress.len() <= room) {
        room -= course_progress.len();
        line.push_str(&course_progress);
    }
    let mut shown = Vec::new();
    for key in others {
        let Some(rest) = room.checked_sub(length(key)) else { break };
        room = rest;
        shown.push(key);
    }
    for Binding { key, name, .. } in shown.into_iter().chain(last) {
        let _ = write!(line, "  {} {name}", paint(CYAN, key));
    }
    line
}

/// The current quest, and how far it is.
fn place(machine: &StateMachine, course: &Course) -> String {
    let Some(quest) = course.quests.iter().find(|quest| quest.number == machine.focus()) else { return String::new() };
    let Quest { number, name, meta, .. } = quest;
    match (&machine.busy, machine.verdicts.get(number)) {
        (Some(Busy::Checking { .. }), _) => format!("{number} {name}: checking"),
        (_, Some(judgement)) => format!("{number} {name} {}/{}", judgement.points(), meta.points),
        (_, None) => format!("{number} {name}"),
    }
}

/// What the keys do now, if not the usual: a long and a short text.
fn question(machine: &StateMachine) -> Option<[String; 2]> {
    let words = |long: &str, short: &str| Some([long.to_owned(), short.to_owned()]);
    match (&machine.busy, &machine.mode) {
        (Some(Busy::Demo { ending: true }), _) => words("Ending the demo.", "Ending the demo"),
        (Some(Busy::Demo { ending: false }), _) => words("The demo is running. q ends it.", "Demo: q ends it"),
        (_, InputMode::Asking(quest)) => words(
            &format!("Restore the stub of quest {quest}? Your file is backed up first. y/n"),
            &format!("Reset quest {quest}? y/n"),
        ),
        (_, InputMode::Choosing(_)) => {
            words("Arrow keys or a number, then Enter. Esc goes back.", "Number, Enter or Esc")
        }
        (_, InputMode::Watching) => None,
    }
}

/// The list, or as much of it around the marked quest as fits.
fn quests(
    list: &QuestList,
    machine: &StateMachine,
    course: &Course,
    terminal: Terminal,
    window: Window,
) -> Vec<String> {
    let marked = course.quests.iter().position(|quest| quest.number == list.marked()).unwrap_or(0);
    let rows = window.rows.clamp(1, course.quests.len());
    let first = marked.saturating_sub(rows / 2).min(course.quests.len() - rows);
    let shown = course.quests[first..first + rows].iter();
    shown.map(|quest| quest_line(quest, quest.number == list.marked(), machine, terminal, window.columns)).collect()
}

fn quest_line(quest: &Quest, is_marked: bool, machine: &StateMachine, terminal: Terminal, width: usize) -> String {
    let judgement = machine.verdicts.get(&quest.number);
    let cursor = if is_marked { ">" } else { " " };
    let points = judgement.map_or_else(|| "?".to_owned(), |judgement| judgement.points().to_string());
    let words = judgement.map(status::words).unwrap_or_default();
    let text = format!("{:>2} {:<12} {points:>2}/{}  {words}", quest.number, quest.name, quest.meta.points);
    let text = cut(&text, width.saturating_sub(4));
    let mark = judgement.map_or_else(|| " ".to_owned(), |judgement| status::mark(terminal, judgement.status()));
    format!("{cursor} {mark} {}", if is_marked { paint(BOLD, text) } else { text })
}

/// How far the learner is, once every quest has been judged.
pub fn course_progress(machine: &StateMachine, course: &Course) -> Option<CourseProgress> {
    let results: Option<Vec<_>> =
        course.quests.iter().map(|quest| Some((quest, machine.verdicts.get(&quest.number)?))).collect();
    results.map(CourseProgress::of)
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{KeyPress, WatchEvent};
    use crate::machine::QuestNode;
    use std::path::PathBuf;
    use xtask::course::QuestMeta;
    use xtask::terminal::style::plain;

    const TERMINAL: Terminal = Terminal { width: 80, unicode: false };

    fn course() -> Course {
        let quest = |number: u32, name: &str| Quest {
            number,
            name: name.into(),
            package: format!("quest-{number:02}-{name}"),
            folder: PathBuf::new(),
            packages: Vec::new(),
            meta: QuestMeta {
                title: String::new(),
                points: 10,
                minutes: 0,
                teaches: String::new(),
                done: String::new(),
                steps: Vec::new(),
            },
        };
        Course { root: PathBuf::new(), quests: (1..=12).map(|number| quest(number, "custom-loop")).collect() }
    }

    fn machine(keys: &[KeyPress]) -> StateMachine {
        let known = (1..=12).map(|number| QuestNode { number, dependents: Vec::new() }).collect();
        let mut machine = StateMachine::new(known, None);
        for key in keys {
            machine.handle(WatchEvent::Key(*key));
        }
        machine
    }

    #[test]
    fn every_line_fits_every_window() {
        for keys in [&[][..], &[KeyPress::Char('l')], &[KeyPress::Char('R')], &[KeyPress::Char('r')]] {
            for (columns, rows) in [(1, 1), (10, 2), (30, 5), (80, 24), (300, 80)] {
                let lines = live(&machine(keys), &course(), TERMINAL, Window { columns, rows });
                assert!(lines.len() <= rows.max(2), "{keys:?} {rows}: {lines:?}");
                for line in lines {
                    assert!(columns < 10 || plain(&line).chars().count() < columns, "{keys:?} {columns}: {line}");
                }
            }
        }
    }

    #[test]
    fn as_many_keys_as_fit_are_named_and_always_the_way_out() {
        let line = |columns| plain(&live(&machine(&[]), &course(), TERMINAL, Window { columns, rows: 24 })[0]);
        assert_eq!(line(40), "1 custom-loop  h hints  ? help  q quit");
        assert_eq!(line(35), "1 custom-loop  ? help  q quit");
        assert!(line(120).contains("R reset"), "{}", line(120));
    }

    #[test]
    fn a_long_list_shows_what_is_around_the_mark() {
        let keys =
            [KeyPress::Char('l'), KeyPress::Down, KeyPress::Down, KeyPress::Down, KeyPress::Down, KeyPress::Down];
        let lines = live(&machine(&keys), &course(), TERMINAL, Window { columns: 80, rows: 5 });
        let starts: Vec<String> = lines.iter().map(|line| plain(line).chars().take(6).collect()).collect();
        assert_eq!(starts, ["     5", ">    6", "     7", "Arrow "]);
    }
}
