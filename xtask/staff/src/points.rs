//! Points, with the two decimals that every grade book has.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// Points. A penalty is negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points {
    hundredths: i64,
}

/// More points than this are not read from a file, so that no sum overflows.
const MOST: f64 = 1e9;

impl Points {
    pub const ZERO: Self = Self { hundredths: 0 };

    /// `numerator` of `denominator` of these points, rounded half up; all of them if the denominator is 0.
    #[must_use]
    pub fn scaled(self, numerator: Self, denominator: Self) -> Self {
        if denominator.hundredths == 0 {
            return self;
        }
        let product = i128::from(self.hundredths) * i128::from(numerator.hundredths);
        let denominator = i128::from(denominator.hundredths);
        let rounded = (2 * product + denominator).div_euclid(2 * denominator);
        Self { hundredths: i64::try_from(rounded).unwrap_or(i64::MAX) }
    }

    /// Half of these points, without a fraction: that is what a failed scenario leaves.
    #[must_use]
    pub fn half(self) -> Self {
        Self { hundredths: self.hundredths.div_euclid(200) * 100 }
    }

    /// The points without their fraction.
    pub fn floor(self) -> u32 {
        u32::try_from(self.hundredths.div_euclid(100).max(0)).unwrap_or(u32::MAX)
    }

    pub fn hundredths(self) -> i64 {
        self.hundredths
    }

    pub fn of_hundredths(hundredths: i64) -> Self {
        Self { hundredths }
    }

    /// The nearest floating-point number.
    pub fn as_f64(self) -> f64 {
        // Division by 100 could miss the number that is nearest to the decimal one.
        self.two_decimals().parse().expect("these are digits and a point")
    }

    /// `7.00`
    pub fn two_decimals(self) -> String {
        let sign = if self.hundredths < 0 { "-" } else { "" };
        let hundredths = self.hundredths.unsigned_abs();
        format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl From<u32> for Points {
    fn from(whole: u32) -> Self {
        Self { hundredths: i64::from(whole) * 100 }
    }
}

/// `7`, `7.5`, `-0.25`
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.two_decimals();
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { hundredths: self.hundredths + other.hundredths }
    }
}

impl Sub for Points {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { hundredths: self.hundredths - other.hundredths }
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

/// A whole number where it is one.
impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.hundredths % 100 == 0 {
            serializer.serialize_i64(self.hundredths / 100)
        } else {
            serializer.serialize_f64(self.as_f64())
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = f64::deserialize(deserializer)?;
        if points.abs() > MOST {
            return Err(serde::de::Error::custom(format!("{points} are not points")));
        }
        #[expect(clippy::cast_possible_truncation, reason = "the number is within bounds")]
        let hundredths = (points * 100.0).round() as i64;
        Ok(Self { hundredths })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_shown_as_short_as_possible_or_with_two_decimals() {
        for (hundredths, short, long) in [
            (0, "0", "0.00"),
            (700, "7", "7.00"),
            (1050, "10.5", "10.50"),
            (-25, "-0.25", "-0.25"),
            (8, "0.08", "0.08"),
        ] {
            let points = Points::of_hundredths(hundredths);
            assert_eq!((points.to_string().as_str(), points.two_decimals().as_str()), (short, long));
        }
    }

    #[test]
    fn every_value_survives_json() {
        for hundredths in (-30_000..30_000).chain([99_999_999_999]) {
            let points = Points::of_hundredths(hundredths);
            let text = serde_json::to_string(&points).unwrap();
            assert_eq!(text, points.to_string(), "it is written as it is shown");
            assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), points, "{text}");
        }
        assert!(serde_json::from_str::<Points>("1e300").is_err());
    }

    #[test]
    fn a_scaled_value_is_rounded_half_up() {
        let points = |whole: u32| Points::from(whole);
        assert_eq!(points(10).scaled(points(20), points(10)), points(20));
        assert_eq!(points(10).scaled(points(1), points(3)).to_string(), "3.33");
        assert_eq!(points(20).scaled(points(1), points(3)).to_string(), "6.67");
        assert_eq!(Points::of_hundredths(1).scaled(points(1), points(2)).to_string(), "0.01");
        assert_eq!(points(7).scaled(points(3), points(0)), points(7));
        assert_eq!([points(9).half(), points(10).half()], [points(4), points(5)]);
    }
}
