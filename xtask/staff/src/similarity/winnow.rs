//! Fingerprints of a file by winnowing.
//!
//! Schleimer, Wilkerson and Aiken: "Winnowing: Local Algorithms for Document Fingerprinting", 2003. Every passage of
//! [`PASSAGE`] tokens is hashed, and of every [`WINDOW`] passages in a row the smallest hash is kept. What is kept
//! depends on the passages nearby alone. So two files that share `PASSAGE + WINDOW - 1` tokens in a row share a
//! fingerprint, wherever they are.

use siphasher::sip::SipHasher13;
use std::collections::BTreeSet;

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
///
/// Each token is hashed once, and a passage is made of its tokens' hashes: a class has millions of passages.
pub fn passages(tokens: &[&str]) -> impl Iterator<Item = u64> {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let sip = SipHasher13::new();
    let hashes: Vec<u64> = tokens.iter().map(|token| sip.hash(token.as_bytes())).collect();
    let combined =
        |passage: &[u64]| passage.iter().fold(0_u64, |hash, token| (hash.rotate_left(23) ^ token).wrapping_mul(ODD));
    (0..(hashes.len() + 1).saturating_sub(PASSAGE)).map(move |first| combined(&hashes[first..first + PASSAGE]))
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
        assert_eq!(passages(&tokens).collect::<Vec<_>>(), [15_615_212_116_821_496_640, 10_913_624_431_900_421_811]);
    }
}
