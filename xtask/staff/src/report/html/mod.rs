//! Reports as web pages: one for the teacher of a class, one for each learner, and one for each
//! two similar files.
//!
//! A page is a single file. It loads nothing, works without its script, and the same grades give the same bytes. Submitted content
//! is shown as text: maud escapes it, [`text`] makes control characters visible, and the page's policy allows only its own script.

mod class;
mod compare;
mod feedback;
mod page;
pub mod side_by_side;
mod text;

pub use class::class_report;
pub use feedback::feedback;
