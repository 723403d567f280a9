//! The judge's key, and the seal it makes.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::str::FromStr;

use siphasher::sip128::{Hasher128, SipHasher24};

use crate::message::Message;

/// What a sealed line begins with: no text that people print does.
const MARK: char = '\u{1e}';

/// The secret that a judge shares with one process. Its text is 32 hexadecimal digits.
///
/// ```
/// use observe::{SealKey, Message};
///
/// let (key, other) = (SealKey::random(), SealKey::random());
/// let message = Message::Observed { test: "says_hello".into(), text: "hello".into(), trace: String::new() };
/// let line = key.seal(&message);
/// assert_eq!(key.open(&line), Some(message));
/// assert_eq!(other.open(&line), None);
/// assert_eq!(key.to_string().parse::<SealKey>()?.open(&line), key.open(&line));
/// # Ok::<(), observe::ParseKeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey([u8; 16]);

impl SealKey {
    /// A new key, drawn from the operating system's source of randomness.
    #[must_use]
    pub fn random() -> Self {
        let mut key = [0; 16];
        for half in key.chunks_mut(8) {
            // std keys its hash maps from that source. What a secret key makes of nothing is as secret.
            half.copy_from_slice(&RandomState::new().build_hasher().finish().to_ne_bytes());
        }
        Self(key)
    }

    /// The message as one line of text, sealed.
    #[must_use]
    pub fn seal(&self, message: &Message) -> String {
        let body = message.encode();
        format!("{MARK}{:032x} {body}", self.hash(&body))
    }

    /// The message of a line that was sealed with this key. Nothing for any other line.
    #[must_use]
    pub fn open(&self, line: &str) -> Option<Message> {
        let (seal, body) = line.trim_end_matches(['\r', '\n']).strip_prefix(MARK)?.split_once(' ')?;
        let genuine = seal == format!("{:032x}", self.hash(body));
        if genuine {
            Message::decode(body)
        } else {
            None
        }
    }

    fn hash(&self, body: &str) -> u128 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(body.as_bytes());
        hasher.finish128().as_u128()
    }
}

impl fmt::Display for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Says nothing of the secret.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl FromStr for SealKey {
    type Err = ParseKeyError;

    /// Reads a key as its `Display` writes it.
    ///
    /// # Errors
    ///
    /// [`ParseKeyError`] when it is not 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ParseKeyError);
        }
        u128::from_str_radix(text, 16).map(|key| Self(key.to_be_bytes())).map_err(|_| ParseKeyError)
    }
}

/// A text that is no [`SealKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 hexadecimal digits")]
pub struct ParseKeyError;

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn observed(text: &str) -> Message {
        Message::Observed { test: "a".into(), text: text.into(), trace: String::new() }
    }

    #[test]
    fn a_line_with_anything_changed_is_not_sealed() {
        let key = SealKey::random();
        let line = key.seal(&observed("1"));
        assert_eq!(key.open(&line.replace("\t1", "\t2")), None);
        assert_eq!(key.open(&line[1..]), None);
        assert_eq!(key.open(&format!("x{line}")), None);
        assert_eq!(key.open(&format!("{line} ")), None);
        assert_eq!(key.open(&format!("{line}\r\n")), Some(observed("1")));
    }

    #[test]
    fn keys_are_not_drawn_twice() {
        assert_ne!(SealKey::random(), SealKey::random());
        let key = SealKey::random().to_string();
        assert_ne!(key[..16], key[16..]);
    }

    #[test]
    fn the_seal_is_siphash_2_4_of_128_bits() {
        // The first vectors of the reference implementation: key 00 01 … 0f, input empty and 00.
        let key: SealKey = "000102030405060708090a0b0c0d0e0f".parse().expect("32 digits");
        assert_eq!(key.hash("").to_le_bytes()[..4], [0xa3, 0x81, 0x7f, 0x04]);
        assert_eq!(key.hash("\0").to_le_bytes()[..4], [0xda, 0x87, 0xc1, 0xd8]);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "0", "g00102030405060708090a0b0c0d0e0f", "+0102030405060708090a0b0c0d0e0f0"] {
            assert_eq!(text.parse::<SealKey>(), Err(ParseKeyError), "{text:?}");
        }
    }
}
