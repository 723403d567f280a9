//! How a test hands what it observed to a judge outside its process, sealed.
//!
//! A test that decides its own verdict can be made to lie by the code it tests: `exit(0)` in a learner's function
//! passes every ordinary test harness. So a test of this course only *observes*. It ends in [`observe!`], around the
//! whole experiment:
//!
//! - Under plain `cargo test` the observation is compared with the test's snapshot, by [insta](https://insta.rs).
//! - Under a judge (the environment variable [`JUDGE`] is set) it is written to standard output as one sealed line. The
//!   judge opens it with its [`SealKey`], compares, and decides.
//!
//! # The seal
//!
//! The judge draws a key for each process and writes it to the process's standard input. [`observe!`] takes it from
//! there before the experiment, and so before the learner's code, begins, and keeps it where no other crate can reach
//! it. A sealed line is the message and its SipHash-2-4 of 128 bits (Aumasson and Bernstein, 2012) under that key.
//! Whatever is not sealed is the tested code's own output.
//!
//! This crate is a dependency of tests only, so the tested code cannot name it.

#![warn(missing_docs, clippy::pedantic)]

mod experiment;
mod message;
mod panics;
mod seal;

pub use experiment::{fail_without_judge, observe, seed, test_name, JUDGE, RUN, SEED};
pub use message::{Message, Panic};
pub use seal::{ParseKeyError, SealKey};

/// Ends a test: runs the experiment and hands on what it returns, as text.
///
/// The observation has the name of the test function, without its modules. Under plain `cargo test` it is compared with
/// `snapshots/NAME.snap` beside the test.
///
/// ```no_run
/// use observe::observe;
/// use timeline::{record, simulate};
///
/// // A test function: `#[test]` stands above it.
/// fn says_hello() {
///     observe!(simulate(|| record("Task 1", "hello")));
/// }
/// # says_hello();
/// ```
#[macro_export]
macro_rules! observe {
    ($experiment:expr $(,)?) => {{
        fn here() {}
        let name = $crate::test_name(&here);
        if let Some(text) = $crate::observe(name, || $experiment) {
            $crate::compare!(name, text);
        }
    }};
}

/// Compares what was observed without a judge with its snapshot.
#[cfg(not(feature = "judged"))]
#[doc(hidden)]
#[macro_export]
macro_rules! compare {
    ($name:expr, $text:expr) => {
        ::insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            ::insta::assert_snapshot!($name, $text);
        })
    };
}

/// There is nothing to compare with, where tests are built for a judge.
#[cfg(feature = "judged")]
#[doc(hidden)]
#[macro_export]
macro_rules! compare {
    ($name:expr, $text:expr) => {
        $crate::fail_without_judge($name, &$text)
    };
}
