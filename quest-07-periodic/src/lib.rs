//! The lesson is in README.md. Its last example runs on quest 6, so it is compiled with the package `periodic-on-your-loop`.

#[cfg(not(feature = "reference"))]
#[allow(unused_imports, reason = "the stubs import what a solution will need")]
mod learner;
#[cfg(not(feature = "reference"))]
pub use learner::*;

#[cfg(feature = "reference")]
pub use solutions::quest_07_periodic::*;
