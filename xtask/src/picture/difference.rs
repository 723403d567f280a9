//! The first difference between two runs, in a sentence.

use super::milliseconds::milliseconds;
use crate::terminal::shorten::shorten;
use timeline::Event;

/// The first difference between what was expected and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The event of the seen run that shows it, if there is one.
    pub seen: Option<usize>,
    /// The event of the expected run that shows it, if there is one.
    pub expected: Option<usize>,
    /// As in `at 2000 ms Task 2 finished; expected at 3000 ms`.
    pub sentence: String,
}

/// How many characters of an event are in the sentence.
const LONGEST: usize = 100;

/// The first difference; none if the runs are equal.
pub fn first(expected: &[Event], seen: &[Event]) -> Option<Difference> {
    let index = (0..expected.len().max(seen.len())).find(|index| expected.get(*index) != seen.get(*index))?;
    Some(match (expected.get(index), seen.get(index)) {
        (Some(due), Some(event)) if event.at > due.at => missed(expected, seen, index),
        (Some(due), Some(event)) => unexpected(expected, seen, index, Some((due, event.at == due.at))),
        (None, _) => unexpected(expected, seen, index, None),
        (_, None) => missed(expected, seen, index),
    })
}

/// An event that was seen too early, or not expected at all. `due` was expected in its place, perhaps at the same instant.
fn unexpected(expected: &[Event], seen: &[Event], index: usize, due: Option<(&Event, bool)>) -> Difference {
    let event = &seen[index];
    let counterpart = counterpart(seen, index, expected);
    let what = format!("at {} ms {}", milliseconds(event.at), name(event));
    let (other, sentence) = match (counterpart, due) {
        (Some(other), _) if expected[other].at != event.at => {
            (Some(other), format!("{what}; expected at {} ms", milliseconds(expected[other].at)))
        }
        (_, Some((due, true))) => (Some(index), format!("{what} came next; expected {} next", name(due))),
        (_, Some((due, false))) => {
            (Some(index), format!("{what}; expected nothing until {} at {} ms", name(due), milliseconds(due.at)))
        }
        (_, None) => (None, format!("{what}; nothing more was expected")),
    };
    Difference { seen: Some(index), expected: other, sentence }
}

/// An expected event that came too late, or never.
fn missed(expected: &[Event], seen: &[Event], index: usize) -> Difference {
    let due = &expected[index];
    let counterpart = counterpart(expected, index, seen);
    let what = format!("at {} ms {} was expected", milliseconds(due.at), name(due));
    let sentence = match counterpart {
        Some(other) => format!("{what}; it came at {} ms", milliseconds(seen[other].at)),
        None => format!("{what}; it never came"),
    };
    Difference { seen: counterpart, expected: Some(index), sentence }
}

/// The same event of `others`, at another time: what a task does for the third time corresponds to its third time there.
fn counterpart(events: &[Event], index: usize, others: &[Event]) -> Option<usize> {
    let is_same = |event: &Event| (&event.task, &event.what) == (&events[index].task, &events[index].what);
    let before = events[..index].iter().filter(|event| is_same(event)).count();
    others.iter().enumerate().filter(|(_, event)| is_same(event)).nth(before).map(|(other, _)| other)
}

fn name(event: &Event) -> String {
    shorten(&format!("{} {}", event.task, event.what), LONGEST, '…')
}

#[cfg(test)]
mod tests {
    use super::*;
    use timeline::Timeline;

    fn sentence(expected: &str, seen: &str) -> Option<String> {
        let read = |text: &str| text.parse::<Timeline>().unwrap();
        first(read(expected).events(), read(seen).events()).map(|difference| difference.sentence)
    }

    #[test]
    fn equal_runs_have_no_difference() {
        assert_eq!(sentence("0 ms  a  b", "0 ms  a  b"), None);
    }

    #[test]
    fn each_kind_of_difference_is_one_sentence() {
        let expected = "0 ms  A  started\n3000 ms  A  finished\n3000 ms  B  started";
        for (seen, words) in [
            ("0 ms  A  started\n2000 ms  A  finished", "at 2000 ms A finished; expected at 3000 ms"),
            ("0 ms  A  started\n0 ms  B  started", "at 0 ms B started; expected at 3000 ms"),
            ("0 ms  A  started\n1.5 ms  C  came", "at 1.5 ms C came; expected nothing until A finished at 3000 ms"),
            ("0 ms  A  started\n4000 ms  A  finished", "at 3000 ms A finished was expected; it came at 4000 ms"),
            ("0 ms  A  started", "at 3000 ms A finished was expected; it never came"),
            (
                "0 ms  A  started\n3000 ms  B  started\n3000 ms  A  finished",
                "at 3000 ms B started came next; expected A finished next",
            ),
            (&format!("{expected}\n9 ms  D  came"), "at 9 ms D came; nothing more was expected"),
        ] {
            assert_eq!(sentence(expected, seen).as_deref(), Some(words));
        }
    }
}
