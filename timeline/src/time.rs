//! The mirror of [`std::time`]: an [`Instant`] that knows virtual time.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::panic::Location;

pub use std::time::Duration;

use crate::context::{self, Context};

/// A point in time: virtual inside a simulation, real outside. Otherwise like [`std::time::Instant`].
///
/// ```
/// use timeline::time::{Duration, Instant};
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     let start = Instant::now();
///     thread::sleep(Duration::from_secs(3));
///     assert_eq!(start.elapsed(), Duration::from_secs(3));
/// });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(std::time::Instant);

impl Instant {
    /// The current instant on the calling thread's clock.
    ///
    /// In a simulation, a thread that only reads the clock lets others go first from time to time. A task that only
    /// reads the clock and never awaits is reported.
    #[must_use]
    #[track_caller]
    pub fn now() -> Self {
        context::check("Instant::now", Location::caller());
        now()
    }

    /// The time since `earlier`; zero if `earlier` is later.
    #[must_use]
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.0.duration_since(earlier.0)
    }

    /// The time since `earlier`; `None` if `earlier` is later.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        self.0.checked_duration_since(earlier.0)
    }

    /// The time since `earlier`; zero if `earlier` is later.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// The time since this instant.
    #[must_use]
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        context::check("elapsed", Location::caller());
        now().duration_since(*self)
    }

    /// `self + duration`; `None` if that cannot be represented.
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    /// `self - duration`; `None` if that cannot be represented.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Self)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The time on the calling thread's clock.
pub(crate) fn now() -> Instant {
    Instant(match Context::current() {
        Context::Simulated(thread) => thread.instant(),
        #[cfg(feature = "tokio")]
        Context::Paused(_) | Context::BlockingPool(_) => tokio::time::Instant::now().into_std(),
        Context::Real => std::time::Instant::now(),
    })
}

/// Panics if the sum cannot be represented, as std's does.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

/// Panics if the difference cannot be represented, as std's does.
impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.checked_sub(duration).expect("overflow when subtracting duration from instant"))
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }
}
