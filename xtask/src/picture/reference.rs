//! What the clock noted while the course's solution ran: kept in a file of the quest, so that a page can step through the
//! expected run, too. A snapshot holds only what every correct program does.

use crate::course::Quest;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use timeline::{Note, ParseError};

/// By test: the notes of each of its runs.
pub type Notes = BTreeMap<String, Vec<Vec<Note>>>;

/// The beginning of every file.
const HEADER: &str = "What the clock noted while the course's solution ran. Pictures of what should happen are drawn from it, and no verdict \
                      depends on it.\n`cargo xtask verify --bless` writes it anew.\n";

/// What comes before the name of a test, and before each of its runs.
const TEST: &str = "# ";
const RUN: &str = "## run";

/// The notes of a quest's tests; none if they are not kept.
pub fn read(quest: &Quest) -> anyhow::Result<Notes> {
    let path = quest.reference_run();
    match fs::read_to_string(&path) {
        Ok(text) => parse(&text).with_context(|| format!("{} holds a line that is no note", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Notes::new()),
        Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
    }
}

/// The text of a quest's file.
pub fn text(notes: &Notes) -> String {
    let mut text = HEADER.to_owned();
    for (test, runs) in notes {
        let _ = write!(text, "\n{TEST}{test}\n");
        for run in runs {
            let _ = writeln!(text, "{RUN}");
            for note in run {
                let _ = writeln!(text, "{note}");
            }
        }
    }
    text
}

fn parse(text: &str) -> Result<Notes, ParseError> {
    let mut notes = Notes::new();
    let mut runs_of_test = None;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix(TEST) {
            runs_of_test = Some(notes.entry(name.to_owned()).or_default());
        } else if let Some(runs) = &mut runs_of_test {
            match runs.last_mut() {
                _ if line == RUN => runs.push(Vec::new()),
                Some(run) => run.push(line.parse()?),
                None => return Err(ParseError::BadNote(line.to_owned())),
            }
        }
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use timeline::{simulate, thread};

    #[test]
    fn notes_are_read_as_they_were_written() {
        let sleeps = simulate(|| thread::sleep(Duration::from_millis(3))).notes().to_vec();
        let notes = Notes::from([("a".to_owned(), vec![sleeps, Vec::new()]), ("b".to_owned(), Vec::new())]);
        assert_eq!(parse(&text(&notes)).unwrap(), notes);
        assert_eq!(parse(&text(&notes).replace('\n', "\r\n")).unwrap(), notes);
        for text in ["# a\n## run\nnonsense", "# a\nnonsense"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
