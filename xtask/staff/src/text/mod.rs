//! Text that others wrote, made fit for reports and terminals: of any size, with any characters.
//!
//! [`escape`] shows what is hidden or would be obeyed, [`truncate`] keeps a report's size within limits. All of their functions are
//! pure and idempotent.

pub mod escape;
pub mod truncate;
