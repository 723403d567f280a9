//! What the clock noted while the course's solution ran. Each quest keeps it in a file, so that pages can step through the
//! expected run, too; a snapshot holds only what every correct program does.

use crate::course::Quest;
use crate::engine::process_output::traces_by_run;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use timeline::TraceEvent;

/// For each test, the traces of its runs.
pub type ReferenceTraces = BTreeMap<String, Vec<Vec<TraceEvent>>>;

/// The beginning of every file.
const HEADER: &str = "What the clock noted while the course's solution ran. Pictures of what should happen are drawn from it, and no verdict \
                      depends on it.\n`cargo xtask verify --bless` writes it anew.\n";

/// Precedes the name of a test, which its traces follow as the test itself prints them.
const TEST: &str = "\n# ";

/// The traces of a quest's tests; none if there is no file.
pub fn read(quest: &Quest) -> anyhow::Result<ReferenceTraces> {
    let path = quest.reference_run();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(ReferenceTraces::new()),
        Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
    }
}

/// The text of a quest's file.
pub fn text(traces: &ReferenceTraces) -> String {
    let mut text = HEADER.to_owned();
    for (test, runs) in traces {
        let _ = writeln!(text, "{TEST}{test}");
        for run in runs {
            let _ = writeln!(text, "{}", observe::RUN);
            for event in run {
                let _ = writeln!(text, "{event}");
            }
        }
    }
    text
}

fn parse(text: &str) -> ReferenceTraces {
    let text = text.replace("\r\n", "\n");
    let tests = text.split(TEST).skip(1);
    let read = |test: &str| {
        let (name, traces) = test.split_once('\n')?;
        Some((name.to_owned(), traces_by_run(traces)))
    };
    tests.filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use timeline::{simulate, thread};

    #[test]
    fn traces_survive_a_round_trip() {
        let sleeps = simulate(|| thread::sleep(Duration::from_millis(3))).trace().to_vec();
        let traces = ReferenceTraces::from([("a".to_owned(), vec![sleeps, Vec::new()]), ("b".to_owned(), Vec::new())]);
        assert_eq!(parse(&text(&traces)), traces);
        assert_eq!(parse(&text(&traces).replace('\n', "\r\n")), traces);
    }
}
