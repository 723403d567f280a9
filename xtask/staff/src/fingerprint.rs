//! Fingerprints of everything that decides a verdict: SHA-256 in hexadecimal.

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Adds each part with its length, so that different lists of parts have different fingerprints.
#[derive(Default, Clone)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    pub fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.update(u64::try_from(part.len()).expect("a length fits into 64 bits").to_be_bytes());
        self.0.update(part);
        self
    }

    /// Adds every file in `folder` with name and content, except those for which `skip` is true.
    pub fn add_folder(&mut self, folder: &Path, skip: &dyn Fn(&Path) -> bool) -> anyhow::Result<&mut Self> {
        let entries: Result<Vec<_>, _> = fs::read_dir(folder).and_then(Iterator::collect);
        let mut entries = entries.with_context(|| format!("could not read the folder {}", folder.display()))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if skip(&path) {
                continue;
            }
            self.add(entry.file_name().as_encoded_bytes());
            if path.is_dir() {
                self.add_folder(&path, skip)?;
            } else {
                self.add_file(&path)?;
            }
        }
        Ok(self.add(b"end of the folder"))
    }

    pub fn add_file(&mut self, path: &Path) -> anyhow::Result<&mut Self> {
        let content = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        Ok(self.add(&content))
    }

    /// 64 digits.
    pub fn digits(&self) -> String {
        self.0.clone().finalize().iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}

/// The fingerprint of one text.
pub fn of(content: &[u8]) -> String {
    Fingerprint::default().add(content).digits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_distinguished() {
        let of = |parts: &[&str]| {
            let mut fingerprint = Fingerprint::default();
            for part in parts {
                fingerprint.add(part.as_bytes());
            }
            fingerprint.digits()
        };
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&[]), of(&[""]));
        assert_eq!(of(&[]).len(), 64);
    }
}
