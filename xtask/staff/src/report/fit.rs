//! Fits a report into what its platform takes: what is told is cut, scores are not.

use crate::text::truncate::MAX_TEXT;

/// Below this many bytes, a text is left out as a whole.
const SHORTEST: usize = 128;

/// What a report says about texts that were cut.
pub const CUT: &str = "Long texts were cut. This changes no points.";

/// The document that `render` makes with texts of at most some number of bytes, which is halved until the document has at most
/// `longest` bytes. In the end texts are left out: then only the number of tests decides its length.
pub fn within(longest: usize, render: impl Fn(usize) -> String) -> String {
    let mut most = MAX_TEXT;
    loop {
        let document = render(most);
        if document.len() <= longest || most == 0 {
            return document;
        }
        most = if most / 2 < SHORTEST { 0 } else { most / 2 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_until_they_fit() {
        let document = |count: usize| move |most: usize| "x".repeat(count * most);
        assert_eq!(within(MAX_TEXT, document(1)).len(), MAX_TEXT);
        assert_eq!(within(MAX_TEXT, document(3)).len(), 3 * MAX_TEXT / 4);
        assert_eq!(within(1_000, document(100)), "");
    }
}
