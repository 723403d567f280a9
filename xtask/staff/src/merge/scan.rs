//! Finds the submissions in a `grades.json`, however it is laid out, in one pass and without holding the file in memory. It only
//! looks for strings and brackets; whether the rest is JSON is left to the parser.

use std::io::{self, Read};

/// The bytes of a submission in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub start: u64,
    pub end: u64,
}

/// The state of a scan.
#[derive(Debug, Default)]
pub struct Scan {
    /// Of open brackets.
    depth: usize,
    text: Text,
    /// The string that is read, or the last one, at the depth of the document's fields.
    field: Vec<u8>,
    in_submissions: bool,
    in_submission: bool,
    /// The document without its submissions; each is replaced by a zero.
    head: Vec<u8>,
    submission: Vec<u8>,
    start: u64,
}

/// Where a scan is with regard to strings.
#[derive(Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    /// After a backslash.
    Escaped,
}

/// The depth of the document's fields, of the elements of a field, and inside of these.
const FIELDS: usize = 1;
const ELEMENTS: usize = 2;
const INSIDE: usize = 3;

/// How much is read at once.
const PIECE: usize = 1 << 18;

impl Scan {
    /// Calls `found` with each submission, and returns the document without them.
    pub fn run(mut self, mut file: impl Read, mut found: impl FnMut(Extent, &[u8])) -> io::Result<Vec<u8>> {
        let mut piece = vec![0; PIECE];
        let mut position = 0;
        loop {
            let length = match file.read(&mut piece) {
                Ok(0) => return Ok(self.head),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.scan(&piece[..length], position, &mut found);
            position += length as u64;
        }
    }

    /// Scans the next piece of the file, which begins at `position`.
    fn scan(&mut self, piece: &[u8], position: u64, found: &mut impl FnMut(Extent, &[u8])) {
        // Up to here, the piece was copied.
        let mut copied = 0;
        for (index, byte) in piece.iter().enumerate() {
            if self.text != Text::Outside {
                self.string(*byte);
                continue;
            }
            match byte {
                b'"' => {
                    self.text = Text::Inside;
                    self.field.clear();
                }
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth == ELEMENTS {
                        self.in_submissions = *byte == b'[' && self.field == b"submissions";
                    } else if self.depth == INSIDE && self.in_submissions && *byte == b'{' {
                        self.head.extend_from_slice(&piece[copied..index]);
                        copied = index;
                        self.in_submission = true;
                        self.start = position + index as u64;
                    }
                }
                b'}' | b']' => {
                    if self.depth == INSIDE && self.in_submission {
                        self.in_submission = false;
                        self.submission.extend_from_slice(&piece[copied..=index]);
                        copied = index + 1;
                        found(Extent { start: self.start, end: position + copied as u64 }, &self.submission);
                        self.submission.clear();
                        self.head.push(b'0');
                    }
                    self.depth = self.depth.saturating_sub(1);
                    self.in_submissions &= self.depth >= ELEMENTS;
                }
                _ => {}
            }
        }
        let rest = if self.in_submission { &mut self.submission } else { &mut self.head };
        rest.extend_from_slice(&piece[copied..]);
    }

    /// The next byte of a string.
    fn string(&mut self, byte: u8) {
        self.text = match (&self.text, byte) {
            (Text::Escaped, _) => Text::Inside,
            (_, b'\\') => Text::Escaped,
            (_, b'"') => Text::Outside,
            _ => Text::Inside,
        };
        if self.depth == FIELDS && self.text == Text::Inside {
            self.field.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one byte at a time, so that every place is the border of two pieces.
    struct OneByOne<'a>(&'a [u8]);

    impl Read for OneByOne<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn scanned(text: &str) -> (String, Vec<String>) {
        let run = |file: &mut dyn Read| {
            let mut found = Vec::new();
            let head = Scan::default()
                .run(file, |extent, bytes| {
                    let place = usize::try_from(extent.start).unwrap()..usize::try_from(extent.end).unwrap();
                    assert_eq!(&text.as_bytes()[place], bytes);
                    found.push(String::from_utf8(bytes.to_vec()).unwrap());
                })
                .unwrap();
            (String::from_utf8(head).unwrap(), found)
        };
        let found = run(&mut text.as_bytes());
        assert_eq!(run(&mut OneByOne(text.as_bytes())), found);
        found
    }

    #[test]
    fn submissions_are_found_among_strings_that_look_like_them() {
        let one = r#"{"id": "a\"}]{\\", "submissions": [{"x": {}}]}"#;
        let text = format!(
            r#"{{"title": "[{{\"submissions\": [", "quests": [{{"a": []}}], "submissions": [{one} , {{}}], "z": 1}}"#
        );
        let (head, found) = scanned(&text);
        assert_eq!(found, [one, "{}"]);
        assert_eq!(head, r#"{"title": "[{\"submissions\": [", "quests": [{"a": []}], "submissions": [0 , 0], "z": 1}"#);
    }

    #[test]
    fn what_is_no_list_of_submissions_is_left_as_it_is() {
        for text in [
            "",
            "{",
            "]]}}",
            r#"{"submissions": {"a": {}}}"#,
            r#"{"submissions": [1, [{"a": 1}]]}"#,
            r#"[{"submissions": [{}]}]"#,
            r#"{"a": {"submissions": [{}]}}"#,
        ] {
            assert_eq!(scanned(text), (text.to_owned(), Vec::new()), "{text}");
        }
    }
}
