//! The same body for `std`'s types, for the mirror's in real time, and for the mirror's in a simulation.

macro_rules! as_std {
    ($($(#[$note:meta])* fn $name:ident() $body:block)*) => {
        mod on_std {
            #[allow(unused_imports)]
            use std::{sync::{self, *, atomic::*}, thread, time::{Duration, Instant}};
            #[allow(unused_imports)]
            use pretty_assertions::{assert_eq, assert_ne};
            $($(#[$note])* #[test] fn $name() $body)*
        }
        mod on_the_mirror {
            #[allow(unused_imports)]
            use timeline::{sync::{self, *, atomic::*}, thread, time::{Duration, Instant}};
            #[allow(unused_imports)]
            use pretty_assertions::{assert_eq, assert_ne};
            $($(#[$note])* #[test] fn $name() $body)*
        }
        mod on_the_mirror_simulated {
            #[allow(unused_imports)]
            use timeline::{sync::{self, *, atomic::*}, thread, time::{Duration, Instant}};
            #[allow(unused_imports)]
            use pretty_assertions::{assert_eq, assert_ne};
            $($(#[$note])* #[test] fn $name() { timeline::simulate(|| $body); })*
        }
    };
}
