//! `grades.json`: [`Grades`] itself, for other programs and for merging shards.

use crate::model::{GradedSubmission, Grades};
use serde::Serialize;
use std::io::{self, Write};

/// The document, with a line end.
pub fn render(grades: &Grades) -> String {
    let mut bytes = Vec::new();
    write_all(&mut bytes, grades).expect("memory takes the document");
    String::from_utf8(bytes).expect("JSON is text")
}

/// The document, written submission by submission: the texts of a large class do not fit into memory.
#[derive(Debug)]
pub struct JsonWriter<W> {
    out: W,
    is_first: bool,
}

impl<W: Write> JsonWriter<W> {
    /// Begins the document with everything but the submissions.
    pub fn begin(mut out: W, class: &Grades) -> io::Result<Self> {
        let head = pretty(&class.head())?;
        let head = head.strip_suffix(EMPTY).expect("the submissions are the last field, and there are none");
        out.write_all(head.as_bytes())?;
        Ok(Self { out, is_first: true })
    }

    pub fn push(&mut self, submission: &GradedSubmission) -> io::Result<()> {
        self.push_rendered(&render_submission(submission)?)
    }

    /// Adds what [`render_submission`] made, perhaps in another thread.
    pub fn push_rendered(&mut self, submission: &str) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"[\n    " } else { b",\n    " })?;
        self.is_first = false;
        self.out.write_all(submission.as_bytes())
    }

    /// Ends the document, and returns what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(if self.is_first { b"[]\n}\n" } else { b"\n  ]\n}\n" })?;
        Ok(self.out)
    }
}

/// The part of the document about one submission.
pub fn render_submission(submission: &GradedSubmission) -> io::Result<String> {
    // No text in JSON contains a line break, so every one of them is followed by indentation.
    Ok(pretty(submission)?.replace('\n', "\n    "))
}

/// The end of a document without submissions.
const EMPTY: &str = "[]\n}";

fn write_all(out: &mut Vec<u8>, grades: &Grades) -> io::Result<()> {
    let mut writer = JsonWriter::begin(out, grades)?;
    grades.submissions.iter().try_for_each(|submission| writer.push(submission))?;
    writer.finish()?;
    Ok(())
}

fn pretty(value: &impl Serialize) -> io::Result<String> {
    serde_json::to_string_pretty(value).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::class;

    #[test]
    fn what_is_written_is_read_again() {
        let grades = class();
        let text = render(&grades);
        assert_eq!(serde_json::from_str::<Grades>(&text).expect("it is JSON of this form"), grades);
        assert!(text.ends_with("}\n"));
        assert!(text.lines().count() > 100, "for people, too: a field a line");
    }

    #[test]
    fn submission_by_submission_it_is_the_same_document() {
        for submissions in [0, 1, 7] {
            let mut grades = class();
            grades.submissions.truncate(submissions);
            assert_eq!(render(&grades), serde_json::to_string_pretty(&grades).expect("plain data") + "\n");
        }
    }

    #[test]
    fn an_unknown_score_is_null() {
        let grades = class();
        let unknown =
            grades.submissions.iter().flat_map(|graded| &graded.quests).filter(|quest| quest.earned.is_none());
        assert_eq!(render(&grades).matches("\"earned\": null").count(), unknown.count());
    }
}
