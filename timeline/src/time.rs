//! The mirror of [`std::time`]: an [`Instant`] that knows virtual time.

use std::ops::{Add, AddAssign, Sub, SubAssign};

pub use std::time::Duration;

use crate::context::Context;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(std::time::Instant);

impl Instant {
    /// The instant that is now, for the calling thread.
    #[must_use]
    pub fn now() -> Self {
        Self(match Context::current() {
            Context::Simulated(participant) => participant.instant(),
            #[cfg(feature = "tokio")]
            Context::Paused(_) | Context::Beside(_) => tokio::time::Instant::now().into_std(),
            Context::Real => std::time::Instant::now(),
        })
    }

    /// The time since `earlier`; zero if `earlier` is later.
    #[must_use]
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.0.duration_since(earlier.0)
    }

    /// The time since `earlier`; nothing if `earlier` is later.
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
    pub fn elapsed(&self) -> Duration {
        Self::now().duration_since(*self)
    }

    /// `self + duration`; nothing if no instant can say that.
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    /// `self - duration`; nothing if no instant can say that.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration).map(Self)
    }
}

/// Panics when no instant can say the sum, as std's does.
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

/// Panics when no instant can say the difference, as std's does.
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
