//! Shared by the sections: links to the pages of learners, and wide tables.

use crate::model::GradedSubmission;
use crate::report::html::text::PlainText;
use maud::{Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Links to the pages of learners.
pub struct Links<'a> {
    pub file: &'a dyn Fn(&GradedSubmission) -> String,
}

/// The characters, other than letters and digits, that are not escaped in a path segment.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Links<'_> {
    pub fn to(&self, submission: &GradedSubmission) -> Markup {
        let file = (self.file)(submission);
        let address = utf8_percent_encode(&file, IN_A_PATH);
        html! { a href={ "feedback/" (address.to_string()) } { (PlainText(&submission.id)) } }
    }
}

/// A table that may be wider than the window: it can be scrolled, also by keyboard.
pub fn wide(label: &str, table: &Markup) -> Markup {
    html! { div.wide role="group" aria-label=(label) tabindex="0" { (PreEscaped(&table.0)) } }
}
