//! The secret from which the hidden scenarios are drawn.
//!
//! Anyone who knows it and has the course can compute every hidden scenario. So it is never printed, and no file for learners
//! contains it. The seeds of the scenarios are derived from it with SHA-256: none of them reveals it, or another.

use crate::fingerprint;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use xtask::exit::UsageError;

/// The environment variable for it. Unlike the command line, it appears in no process list and no log.
pub const VARIABLE: &str = "GRADE_SEED";

/// A warning for platforms on which learners can submit again and again.
pub const GUESSABLE: &str = "This seed can be guessed. Set the variable GRADE_SEED to a long, random secret.";

/// The seed from `--seed`, else from the environment. Any text that is not a number is hashed.
pub fn given(option: Option<u64>, variable: Option<OsString>) -> Result<Option<u64>, UsageError> {
    if option.is_some() {
        return Ok(option);
    }
    let Some(text) = variable else { return Ok(None) };
    // The text is a secret, so the message does not repeat it.
    let text = text.into_string().map_err(|_| UsageError(format!("the variable {VARIABLE} is not UTF-8")))?;
    match text.trim() {
        // A missing secret, as in a fork, must not become a seed that everybody knows.
        "" => Err(UsageError(format!(
            "the variable {VARIABLE} is empty: set it to a secret, or unset it for a random seed"
        ))),
        text => Ok(Some(text.parse().unwrap_or_else(|_| of_text(text)))),
    }
}

/// A seed that nobody knows.
pub fn random() -> u64 {
    // The standard library draws the keys of its hash maps from the system's randomness.
    RandomState::new().build_hasher().finish()
}

/// Whether trying all numbers of its size would find it.
pub fn is_guessable(seed: u64) -> bool {
    seed < 1 << 40
}

fn of_text(text: &str) -> u64 {
    u64::from_str_radix(&fingerprint::of(text.as_bytes())[..16], 16).expect("these are hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<u64> {
        given(None, Some(text.into())).expect("a good seed")
    }

    #[test]
    fn the_option_comes_before_the_environment_and_both_may_be_absent() {
        assert_eq!(given(Some(1), Some("2".into())).expect("two good seeds"), Some(1));
        assert_eq!(of(" 2\n"), Some(2));
        assert_eq!(given(None, None).expect("no seed"), None);
    }

    #[test]
    fn a_text_of_any_length_is_a_seed_and_a_different_one_each() {
        let texts = [
            "a secret",
            "another",
            "c0ffee",
            "0xc0ffee",
            &"f".repeat(64),
            &"f".repeat(65),
            "18446744073709551616",
            "-1",
            "ä",
        ];
        let seeds: std::collections::BTreeSet<u64> = texts.iter().filter_map(|text| of(text)).collect();
        assert_eq!(seeds.len(), texts.len());
        assert_eq!(of("a secret"), of("a secret\n"));
    }

    #[test]
    fn an_empty_secret_is_an_error_and_not_a_seed_that_everybody_knows() {
        for text in ["", " ", "\n"] {
            assert!(given(None, Some(text.into())).is_err(), "{text:?}");
        }
    }

    #[test]
    fn small_numbers_can_be_guessed_and_texts_cannot() {
        assert!(is_guessable(1) && is_guessable(1_000_000));
        assert!(!is_guessable(of("a secret").expect("a seed")));
    }
}
