//! Fingerprints of a file by winnowing.
//!
//! Schleimer, Wilkerson and Aiken: "Winnowing: Local Algorithms for Document Fingerprinting", 2003. Every passage of
//! [`PASSAGE`] tokens is hashed, and of every [`WINDOW`] passages in a row the smallest hash is kept. What is kept
//! depends on the passages nearby alone. So two files that share `PASSAGE + WINDOW - 1` tokens in a row share a
//! fingerprint, wherever they are.

use siphasher::sip::SipHasher13;
use std::collections::BTreeSet;
use std::mem;

/// Shorter passages occur in every program; longer ones break at the first change.
pub const PASSAGE: usize = 12;

/// Of this many consecutive passages, at least one is kept.
pub const WINDOW: usize = 6;

/// The fingerprints of a file with these passages, in order.
pub fn fingerprints(passages: &[u64]) -> BTreeSet<u64> {
    let windows = passages.windows(WINDOW.min(passages.len()).max(1));
    windows.filter_map(|window| window.iter().min().copied()).collect()
}

/// The hashes of all passages of `tokens`. They are the same on every machine and with every compiler, so that reports are the
/// same, too.
pub fn passages(tokens: &[&str]) -> impl Iterator<Item = u64> {
    let hasher = SipHasher13::new();
    // Passages are slices of one text. Only literals could contain a space, and literals are reduced.
    let text = tokens.join(" ");
    let starts: Vec<usize> =
        tokens.iter().scan(0, |next, token| Some(mem::replace(next, *next + token.len() + 1))).collect();
    (0..(tokens.len() + 1).saturating_sub(PASSAGE)).map(move |first| {
        let last = first + PASSAGE - 1;
        hasher.hash(&text.as_bytes()[starts[first]..starts.get(last + 1).map_or(text.len(), |next| next - 1)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
        numbers.into_iter().map(|number| format!("t{number}")).collect()
    }

    fn fingerprints_of(tokens: &[String]) -> BTreeSet<u64> {
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        fingerprints(&passages(&tokens).collect::<Vec<_>>())
    }

    #[test]
    fn a_long_enough_passage_is_found_wherever_it_is() {
        let length = u32::try_from(PASSAGE + WINDOW - 1).unwrap();
        for offset in 0..50 {
            let shared = 1_000..1_000 + length;
            let left = fingerprints_of(&numbered((0..offset).chain(shared.clone()).chain(100..120)));
            let right = fingerprints_of(&numbered((200..230).chain(shared).chain(300..300 + offset)));
            assert!(!left.is_disjoint(&right), "{offset}");
        }
    }

    #[test]
    fn nothing_shorter_than_a_passage_is_found() {
        let shared = 1_000..1_000 + u32::try_from(PASSAGE - 1).unwrap();
        let left = fingerprints_of(&numbered((0..20).chain(shared.clone()).chain(20..40)));
        let right = fingerprints_of(&numbered((50..70).chain(shared).chain(70..90)));
        assert!(left.is_disjoint(&right));
    }

    #[test]
    fn far_fewer_are_kept_than_there_are() {
        let tokens = numbered(0..1_000);
        let kept = fingerprints_of(&tokens).len();
        assert!((150..=450).contains(&kept), "{kept}");
        assert!(fingerprints_of(&tokens[..PASSAGE - 1]).is_empty());
        assert_eq!(fingerprints_of(&tokens[..PASSAGE]).len(), 1);
    }

    #[test]
    fn the_hashes_are_the_same_everywhere() {
        let tokens = ["fn", "name", "(", ")", "{", "loop", "{", "name", "(", "literal", ")", "}", "}"];
        assert_eq!(passages(&tokens).collect::<Vec<_>>(), [14_838_672_531_686_550_444, 7_321_434_077_881_949_711]);
    }
}
