//! Makes untrusted text safe for reports and terminals.
//!
//! [`escape`] handles control and invisible characters, [`truncate`] limits the length.

pub mod encoding;
pub mod escape;
pub mod truncate;
