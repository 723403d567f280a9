// The lesson's last example runs on quest 6, so it compiles only with the feature.
#![cfg_attr(feature = "your-loop", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "your-loop"), doc = "The lesson is in README.md.")]

#[cfg(not(feature = "reference"))]
#[allow(unused_imports, reason = "the stubs import what a solution will need")]
mod learner;
#[cfg(not(feature = "reference"))]
pub use learner::*;

#[cfg(feature = "reference")]
pub use solutions::quest_07_periodic::*;
