//! What is drawn: pure functions from the machine's state to lines that fit.

use crate::machine::list::List;
use crate::machine::{Binding, Busy, KEYS, Machine, Mode};
use std::fmt::Write as _;
use xtask::course::{Course, Quest};
use xtask::report::look::{BOLD, CYAN, DIM, Look, paint};
use xtask::report::standing::Standing;
use xtask::report::text::progress;
use xtask::report::wrap::wrap;

/// The window's size in characters.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub columns: usize,
    pub rows: usize,
}

/// The lines that are drawn anew at the end: the list, if it is open, and the keys.
pub fn live(machine: &Machine, course: &Course, look: Look, window: Window) -> Vec<String> {
    // The last column stays free: some terminals go to the next line when it is written.
    let width = window.columns.saturating_sub(1).max(1);
    let mut lines = Vec::new();
    if let Mode::Choosing(list) = &machine.mode {
        lines = quests(list, machine, course, look, Window { columns: width, rows: window.rows.saturating_sub(2) });
    }
    lines.push(status(machine, course, width));
    lines
}

/// The line that comes before whatever is shown, with what that is.
pub fn rule(title: &str, look: Look) -> String {
    let line = if look.unicode { "─" } else { "-" };
    let title = format!("{} {title} ", line.repeat(2));
    let rest = look.width.saturating_sub(title.chars().count() + 1);
    paint(DIM, format_args!("{title}{}", line.repeat(rest)))
}

/// The keys, one a line.
pub fn help(look: Look) -> String {
    let lines = KEYS.iter().map(|Binding { key, does, .. }| {
        let text = wrap(does, look.width, "         ");
        format!("  {}{}\n", paint(CYAN, format_args!("{key:<6}")), &text[8..])
    });
    let more =
        wrap("Save a file, and its quest is judged. Nothing that was printed goes away: scroll back.", look.width, "");
    format!("{}{more}\n", lines.collect::<String>())
}

/// Where the learner is, and as many keys as fit.
fn status(machine: &Machine, course: &Course, width: usize) -> String {
    if let Some(words) = question(machine) {
        let fits = words.iter().find(|words| words.chars().count() <= width);
        return cut(fits.unwrap_or(&words[1]), width);
    }
    let place = place(machine, course);
    let standing = course_standing(machine, course).map(|it| format!("  {}/{} points", it.points, it.of_points));
    let is_last = |binding: &&Binding| matches!(binding.key, "?" | "q");
    let (last, others): (Vec<_>, Vec<_>) = KEYS.iter().filter(|binding| binding.key != "Enter").partition(is_last);
    let length = |binding: &Binding| "   ".len() + binding.key.len() + binding.name.len();
    let reserved: usize = last.iter().copied().map(length).sum();
    let Some(mut room) = width.checked_sub(place.chars().count() + reserved) else {
        return cut(&format!("{place}  ? q"), width);
    };
    let mut line = paint(BOLD, &place);
    if let Some(standing) = standing.filter(|standing| standing.len() <= room) {
        room -= standing.len();
        line.push_str(&standing);
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

/// The quest that everything is about, and how far it is.
fn place(machine: &Machine, course: &Course) -> String {
    let Some(quest) = course.quests.iter().find(|quest| quest.number == machine.focus()) else { return String::new() };
    let Quest { number, name, facts, .. } = quest;
    match (&machine.busy, machine.verdicts.get(number)) {
        (Some(Busy::Checking { .. }), _) => format!("{number} {name}: checking"),
        (_, Some(judgement)) => format!("{number} {name} {}/{}", judgement.points(), facts.points),
        (_, None) => format!("{number} {name}"),
    }
}

/// What the keys are for at present, if not for the usual: in many words, and in few.
fn question(machine: &Machine) -> Option<[String; 2]> {
    let words = |long: &str, short: &str| Some([long.to_owned(), short.to_owned()]);
    match (&machine.busy, &machine.mode) {
        (Some(Busy::Demo { ending: true }), _) => words("The demo is being ended.", "Ending the demo"),
        (Some(Busy::Demo { ending: false }), _) => words("The demo runs. q ends it.", "Demo: q ends it"),
        (_, Mode::Asking(quest)) => words(
            &format!("Put the starting point of quest {quest} back? Your file is kept. y/n"),
            &format!("Reset quest {quest}? y/n"),
        ),
        (_, Mode::Choosing(_)) => words("Arrow keys or a number, then Enter. Esc goes back.", "Number, Enter or Esc"),
        (_, Mode::Watching) => None,
    }
}

/// The list, or as much of it around the marked quest as there are rows.
fn quests(list: &List, machine: &Machine, course: &Course, look: Look, window: Window) -> Vec<String> {
    let marked = course.quests.iter().position(|quest| quest.number == list.marked()).unwrap_or(0);
    let rows = window.rows.clamp(1, course.quests.len());
    let first = marked.saturating_sub(rows / 2).min(course.quests.len() - rows);
    let shown = course.quests[first..first + rows].iter();
    shown.map(|quest| quest_line(quest, quest.number == list.marked(), machine, look, window.columns)).collect()
}

fn quest_line(quest: &Quest, is_marked: bool, machine: &Machine, look: Look, width: usize) -> String {
    let judgement = machine.verdicts.get(&quest.number);
    let cursor = if is_marked { ">" } else { " " };
    let points = judgement.map_or_else(|| "?".to_owned(), |judgement| judgement.points().to_string());
    let words = judgement.map(progress).unwrap_or_default();
    let text = format!("{:>2} {:<12} {points:>2}/{}  {words}", quest.number, quest.name, quest.facts.points);
    let text = cut(&text, width.saturating_sub(4));
    let mark = judgement.map_or_else(|| " ".to_owned(), |judgement| look.mark(judgement.progress()));
    format!("{cursor} {mark} {}", if is_marked { paint(BOLD, text) } else { text })
}

/// How far the learner is, once every quest was judged.
pub fn course_standing(machine: &Machine, course: &Course) -> Option<Standing> {
    let results: Option<Vec<_>> =
        course.quests.iter().map(|quest| Some((quest, machine.verdicts.get(&quest.number)?))).collect();
    results.map(Standing::of)
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Key};
    use crate::machine::Known;
    use std::path::PathBuf;
    use xtask::course::Facts;
    use xtask::report::look::plain;

    const LOOK: Look = Look { width: 80, unicode: false };

    fn course() -> Course {
        let quest = |number: u32, name: &str| Quest {
            number,
            name: name.into(),
            package: format!("quest-{number:02}-{name}"),
            folder: PathBuf::new(),
            packages: Vec::new(),
            facts: Facts {
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

    fn machine(keys: &[Key]) -> Machine {
        let known = (1..=12).map(|number| Known { number, dependents: Vec::new() }).collect();
        let mut machine = Machine::new(known, None);
        for key in keys {
            machine.handle(Event::Key(*key));
        }
        machine
    }

    #[test]
    fn every_line_fits_every_window() {
        for keys in [&[][..], &[Key::Char('l')], &[Key::Char('R')], &[Key::Char('r')]] {
            for (columns, rows) in [(1, 1), (10, 2), (30, 5), (80, 24), (300, 80)] {
                let lines = live(&machine(keys), &course(), LOOK, Window { columns, rows });
                assert!(lines.len() <= rows.max(2), "{keys:?} {rows}: {lines:?}");
                for line in lines {
                    assert!(columns < 10 || plain(&line).chars().count() < columns, "{keys:?} {columns}: {line}");
                }
            }
        }
    }

    #[test]
    fn as_many_keys_as_fit_are_named_and_always_the_way_out() {
        let line = |columns| plain(&live(&machine(&[]), &course(), LOOK, Window { columns, rows: 24 })[0]);
        assert_eq!(line(40), "1 custom-loop  h hints  ? help  q quit");
        assert_eq!(line(35), "1 custom-loop  ? help  q quit");
        assert!(line(120).contains("R reset"), "{}", line(120));
    }

    #[test]
    fn a_long_list_shows_what_is_around_the_mark() {
        let keys = [Key::Char('l'), Key::Down, Key::Down, Key::Down, Key::Down, Key::Down];
        let lines = live(&machine(&keys), &course(), LOOK, Window { columns: 80, rows: 5 });
        let starts: Vec<String> = lines.iter().map(|line| plain(line).chars().take(6).collect()).collect();
        assert_eq!(starts, ["     5", ">    6", "     7", "Arrow "]);
    }
}
