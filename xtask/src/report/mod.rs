//! Verdicts as text for people ([`text`], with [`reason`] and [`side_by_side`]) and as JSON for tools ([`json`]). Both hold
//! the same: a [`check_report`].
//!
//! [`status`]: how far a quest is; [`course_progress`]: how far the learner is; [`frontend`]: commands or keys;
//! [`test_picture`]: one test as a picture.

pub mod check_report;
pub mod course_progress;
mod farewell;
pub mod frontend;
pub mod json;
pub mod reason;
mod side_by_side;
pub mod status;
mod std_calls;
pub mod test_picture;
pub mod text;

pub use check_report::{Next, Report, first_red};
