//! How much is told of what others wrote, and how it is shown: a text of any size and with any characters, made fit for reports.
//!
//! [`visible`] is for names, [`tame`] for texts of several lines; [`cut`] and [`cut_both`] keep a report's size within limits.
//! All of them are pure, and change nothing that they have changed already.

use crate::model::{Grades, QuestGrade, TestGrade};
use observe::Panic;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use xtask::engine::verdict::{TestResult, Verdict};

/// Bytes of one text.
pub const TEXT: usize = 16 << 10;

/// Bytes of a name, an address or another text of one line.
pub const LINE: usize = 1 << 10;

/// Bytes of all texts of one quest in a submission.
pub const QUEST: usize = 48 << 10;

/// A name as it is shown and known everywhere: what a terminal would obey, and what nobody would see, is escaped as in Rust.
/// Different names stay different, since the backslash is escaped, too.
pub fn visible(name: &str) -> String {
    let mut shown = String::new();
    let mut before = None;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = is_joiner(c) && is_joined(before) && is_joined(rest.peek().copied());
        match c {
            '\\' => shown.push_str("\\\\"),
            _ if !joins && (is_unseen(c) || is_joiner(c)) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
        before = Some(c);
    }
    shown
}

/// The same for a name of the system's, which need not be Unicode: its other bytes are escaped as in Rust's byte strings.
pub fn visible_name(name: &std::ffi::OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// A path for a sentence: what is odd in it is escaped, and the backslashes of Windows stay as they are.
pub fn visible_path(path: &Path) -> String {
    path.components()
        .map(|part| match part {
            std::path::Component::Normal(name) => visible_name(name),
            other => other.as_os_str().to_string_lossy().into_owned(),
        })
        .collect::<std::path::PathBuf>()
        .display()
        .to_string()
}

/// A text of several lines, without colours: what a terminal would obey, and what turns text around, is escaped.
pub fn tame(text: &str) -> String {
    if !text.chars().any(is_obeyed) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n");
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// The text if it has at most `most` bytes, else its beginning and its end, and between them how much is left out. It is cut between
/// lines where it has any.
pub fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    // The sentence needs room, too.
    let room = most.saturating_sub(SENTENCE);
    let head = &text[..floor(text, room * 3 / 4)];
    let head = head.rfind('\n').filter(|end| *end > head.len() / 2).map_or(head, |end| &head[..end]);
    let tail = &text[ceil(text, text.len() - room / 4)..];
    let tail = tail.find('\n').filter(|end| *end < tail.len() / 2).map_or(tail, |end| &tail[end + 1..]);
    format!("{head}\n{}\n{tail}", left_out(text.len() - head.len() - tail.len()))
}

/// One line of at most `most` bytes.
pub fn cut_line(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = floor(text, most.saturating_sub(SENTENCE));
    format!("{} {}", &text[..head], left_out(text.len() - head))
}

/// Both texts with at most `most` bytes each, of which the first difference is one of the parts that stay.
pub fn cut_both(one: &str, other: &str, most: usize) -> (String, String) {
    let same: usize = one
        .split_inclusive('\n')
        .zip(other.split_inclusive('\n'))
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len())
        .sum();
    // Some of what is before it shows where it is.
    let start = one[..same].char_indices().rev().filter(|(_, c)| *c == '\n').nth(BEFORE).map_or(0, |(at, _)| at + 1);
    let start = start.max(ceil(one, same.saturating_sub(most / 4)));
    let part = |text: &str| {
        if text.len() <= most || start == 0 {
            return cut(text, most);
        }
        format!("{}\n{}", left_out(start), cut(&text[start..], most.saturating_sub(SENTENCE)))
    };
    if one.len() <= most && other.len() <= most {
        return (one.to_owned(), other.to_owned());
    }
    (part(one), part(other))
}

/// Lines that are kept before the first difference.
const BEFORE: usize = 20;

/// The longest sentence of [`left_out`], with its line ends.
const SENTENCE: usize = 64;

/// Where a text may be cut at `at` or before: in no character, and in no escape.
fn floor(text: &str, at: usize) -> usize {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    escape_around(text, at).map_or(at, |escape| escape.start)
}

/// The same at `at` or after.
fn ceil(text: &str, at: usize) -> usize {
    let at = (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    escape_around(text, at).map_or(at, |escape| escape.end)
}

/// The escape that begins before `at` and ends after it, as in `\u{1b}`.
fn escape_around(text: &str, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = r"\u{10ffff}".len();
    let start = text[..at].rfind('\\').filter(|start| at - start < LONGEST)?;
    let inner = text[start..].strip_prefix("\\u{")?;
    let digits = inner.find(|c: char| !c.is_ascii_hexdigit())?;
    let end = start + 3 + digits + 1;
    (inner[digits..].starts_with('}') && digits <= 6 && at < end).then_some(start..end)
}

/// A text that was cut, without the sentences that say so.
pub fn without_sentences(text: &str) -> String {
    let is_sentence = |line: &&str| line.starts_with('[') && line.ends_with(LEFT_OUT);
    text.lines().filter(|line| !is_sentence(line)).map(|line| line.to_owned() + "\n").collect()
}

const LEFT_OUT: &str = " bytes are left out here]";

fn left_out(bytes: usize) -> String {
    format!("[{bytes}{LEFT_OUT}")
}

/// The same verdict, with no more of what the test said than reports tell: the texts of all tests of a submission are in memory at once.
pub fn in_brief(mut judged: TestResult) -> TestResult {
    // Notes stand in pictures alone.
    judged.notes = Vec::new();
    judged.output = last_lines_alone(&judged.output);
    match &mut judged.verdict {
        Verdict::Wrong { expected, seen } => (*expected, *seen) = cut_both(expected, seen, TEXT),
        Verdict::Panicked { panics, so_far } => {
            panics.iter_mut().for_each(cut_panic);
            *so_far = last_lines_alone(so_far);
        }
        Verdict::Deadlocked { report, so_far } => {
            *report = cut(report, TEXT);
            *so_far = last_lines_alone(so_far);
        }
        Verdict::NotStarted { panics } => panics.iter_mut().for_each(cut_panic),
        _ => {}
    }
    judged
}

fn cut_panic(panic: &mut Panic) {
    panic.message = cut(&panic.message, TEXT / 4);
    panic.location = cut_line(&panic.location, LINE);
    panic.thread = cut_line(&panic.thread, LINE);
}

/// The last lines, with an empty one for each before them: reports show those, and count these.
fn last_lines_alone(text: &str) -> String {
    const SHOWN: usize = 64;
    let hidden = text.lines().count().saturating_sub(SHOWN);
    let shown = text.lines().skip(hidden).map(|line| cut_line(line, 4 * LINE) + "\n");
    "\n".repeat(hidden) + &shown.collect::<String>()
}

impl QuestGrade {
    /// The same grade, of which no more is told than reports have room for. Nothing that counts is changed.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let mut most = TEXT;
        self.cut_texts(most);
        // A text may have what others leave. Few quests have so much to tell.
        while self.told() > QUEST && most > LINE {
            most /= 2;
            self.cut_texts(most);
        }
        self
    }

    fn cut_texts(&mut self, most: usize) {
        self.detail = cut(&tame(&self.detail), most);
        self.file = self.file.take().map(|file| cut_line(&visible_once(&file), LINE));
        for test in &mut self.tests {
            test.cut_texts(most);
        }
    }

    fn told(&self) -> usize {
        self.detail.len() + self.tests.iter().map(TestGrade::told).sum::<usize>()
    }
}

impl TestGrade {
    fn cut_texts(&mut self, most: usize) {
        self.name = cut_line(&visible_once(&self.name), LINE);
        self.verdict = cut_line(&visible_once(&self.verdict), LINE);
        self.why = cut(&tame(&self.why), most);
        self.output = cut(&tame(&self.output), most);
        let (expected, seen) = (self.expected.take().map(|text| tame(&text)), self.seen.take().map(|text| tame(&text)));
        (self.expected, self.seen) = match (expected, seen) {
            (Some(expected), Some(seen)) => {
                let (expected, seen) = cut_both(&expected, &seen, most);
                (Some(expected), Some(seen))
            }
            (expected, seen) => (expected.map(|text| cut(&text, most)), seen.map(|text| cut(&text, most))),
        };
    }

    fn told(&self) -> usize {
        let optional = [&self.expected, &self.seen].into_iter().flatten().map(String::len).sum::<usize>();
        self.name.len() + self.verdict.len() + self.why.len() + self.output.len() + optional
    }
}

impl Grades {
    /// The same grades, of which no more is told than reports have room for. What this grader found out is so already.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.title = cut_line(&visible_once(&self.title), LINE);
        for submission in &mut self.submissions {
            submission.id = cut_line(&visible_once(&submission.id), LINE);
            submission.problem = submission.problem.take().map(|problem| cut(&tame(&problem), TEXT));
            for cell in submission.learner.values_mut() {
                *cell = cut_line(&visible_once(cell), LINE);
            }
            submission.quests = std::mem::take(&mut submission.quests).into_iter().map(QuestGrade::bounded).collect();
        }
        self
    }
}

/// A text of one line that may be [`visible`] already, so that its backslashes stay.
pub fn visible_once(text: &str) -> String {
    text.split('\\').map(visible).collect::<Vec<_>>().join("\\")
}

/// Whether a terminal obeys it, or text turns around at it.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_direction(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a name shows nothing for it, or something else than what it is.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || is_direction(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What joins or parts two letters: words of some scripts need it, and so do some emoji.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_joined(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|c| !c.is_ascii() && !c.is_whitespace() && !is_unseen(c) && !is_joiner(c))
}

#[cfg(test)]
mod tests;
