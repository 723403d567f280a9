#![doc = include_str!("../README.md")]

#[cfg(not(feature = "reference"))]
#[allow(unused_imports, reason = "the stubs import what a solution will need")]
mod learner;
#[cfg(not(feature = "reference"))]
pub use learner::*;

#[cfg(feature = "reference")]
pub use solutions::quest_04_sleep::*;
