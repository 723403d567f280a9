//! The layouts in which platforms deliver a class.
//!
//! - `moodle`, `canvas`: whose a file or folder is, from its name
//! - `gradescope`: whose a folder is, from `submission_metadata.yml`
//! - `classroom`: whose a clone is, from its name and its folder's
//! - `gather`: one submission from everything that belongs to one learner
//! - `download`: the platform's archive of a whole class

mod canvas;
pub mod classroom;
pub mod download;
pub mod gather;
pub mod gradescope;
mod moodle;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

/// What the name of a file or folder says, if a platform chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformName {
    /// The platform and its number of the learner: the same for everything that one learner handed in.
    pub key: String,
    /// The id of the submission.
    pub id: String,
    /// What the platform says about the learner, by the column of a roster.
    pub learner: BTreeMap<String, String>,
    /// Whether the platform marks it as late.
    pub is_late: bool,
    /// Whether it is a text that was typed into the platform.
    pub is_online_text: bool,
    /// The learner's own name of the file; empty for a folder.
    pub file: String,
}

impl PlatformName {
    /// What the name says. `Ada Lovelace_12345_assignsubmission_file_` is one of Moodle's, `lovelaceada_12_34_hw.zip` one of Canvas's.
    pub fn parse(name: &str) -> Option<Self> {
        moodle::parse(name).or_else(|| canvas::parse(name))
    }
}

/// A learner's columns.
fn learner<const N: usize>(columns: [(&str, &str); N]) -> BTreeMap<String, String> {
    columns.iter().filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| ((*name).into(), (*cell).into())).collect()
}

/// Whether a text is a number in digits.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
