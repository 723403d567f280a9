//! Reports as web pages: one of the class for its teacher, and one for each learner.
//!
//! A page is one file. It loads nothing, needs no network, works without its script, and the same grades give the same
//! bytes. Whatever was submitted is shown as text: maud escapes it, [`text`] makes control characters visible, and the
//! page's policy lets no script run but its own.

mod class;
mod compare;
mod feedback;
mod page;
mod text;

pub use class::class_report;
pub use feedback::feedback;
