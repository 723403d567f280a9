//! Hashes that are the same on every machine and in every release. They are no secret: who wants to can make two texts collide.

use siphasher::sip::SipHasher24;
use siphasher::sip128::{Hasher128 as _, SipHasher24 as SipHasher24Long};
use std::hash::Hasher as _;

/// A short hash, to spread or to name.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher24::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A fingerprint of several texts in this order, as text.
pub fn fingerprint<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = SipHasher24Long::new();
    for text in texts {
        // With its length, so that `ab`, `c` is not `a`, `bc`.
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text);
    }
    format!("{:032x}", hasher.finish128().as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_stay_the_same_in_every_release() {
        assert_eq!(hash(b"anna"), 5_314_967_218_929_296_970);
        assert_eq!(fingerprint([&b"anna"[..], b"ben"]), "f8ad402d06ec3c17d31d8705ba03ca12");
    }

    #[test]
    fn a_fingerprint_knows_where_texts_end_and_their_order() {
        let of = |texts: &[&str]| fingerprint(texts.iter().map(|text| text.as_bytes()));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&[]), of(&[""]));
    }
}
