//! What lateness costs.

use super::file::LateRule;
use crate::points::Points;
use jiff::{SignedDuration, Timestamp};

/// The penalty, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penalty {
    pub points: Points,
    /// A sentence for the learner.
    pub why: String,
}

/// The penalty for handing in at `submitted` what was due at `due`; none if it was on time. `earned` are the points without
/// it, and `possible` those that could be earned.
pub fn penalty(
    rule: &LateRule,
    due: Timestamp,
    submitted: Timestamp,
    earned: Points,
    possible: Points,
) -> Option<Penalty> {
    let late = submitted.duration_since(due);
    if late <= SignedDuration::ZERO || late <= rule.grace {
        return None;
    }
    if rule.closes.is_some_and(|closes| late > closes) {
        let why = format!("Handed in {} late, after the assignment had closed", in_words(late));
        return Some(Penalty { points: earned, why });
    }
    let percent = (0..begun_periods(late, rule.per)).map(|_| rule.percent).sum::<Points>();
    let percent = rule.at_most.map_or(percent, |most| percent.min(most)).min(Points::from(100));
    let penalty = possible.scaled(percent, Points::from(100));
    let why = format!("Handed in {} late, which costs {percent} % of all points", in_words(late));
    // No total is negative.
    Some(Penalty { points: penalty.min(earned.max(Points::ZERO)), why })
}

fn begun_periods(late: SignedDuration, period: SignedDuration) -> u32 {
    // After this many, nothing is left of any score.
    const MOST: i128 = 100_000;
    let (late, period) = (late.as_nanos(), period.as_nanos().max(1));
    u32::try_from(((late + period - 1) / period).clamp(0, MOST)).expect("it is within bounds")
}

/// `2 d 3 h`, `5 min`
fn in_words(late: SignedDuration) -> String {
    let minutes = (late.as_secs() + 59) / 60;
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    parts[..parts.len().min(2)].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> LateRule {
        LateRule {
            percent: 10.into(),
            per: SignedDuration::from_hours(24),
            grace: SignedDuration::from_mins(15),
            at_most: Some(50.into()),
            closes: Some(SignedDuration::from_hours(24 * 7)),
        }
    }

    /// The penalty for so many minutes, with 80 of 200 points.
    fn after(minutes: i64) -> Option<Points> {
        let due: Timestamp = "2026-11-20T23:59:00+01:00".parse().unwrap();
        let submitted = due + SignedDuration::from_mins(minutes);
        penalty(&rule(), due, submitted, 80.into(), 200.into()).map(|penalty| penalty.points)
    }

    #[test]
    fn each_begun_day_costs_its_part_up_to_the_most() {
        assert_eq!([after(-60), after(0), after(15)], [None; 3]);
        assert_eq!([after(16), after(1440)], [Some(20.into()); 2]);
        assert_eq!(after(1441), Some(40.into()));
        assert_eq!([after(4 * 1440), after(5 * 1440)], [Some(80.into()); 2], "never more than was earned");
        assert_eq!(after(8 * 1440), Some(80.into()));
    }

    #[test]
    fn the_sentence_says_how_late_it_was() {
        let due: Timestamp = "2026-11-20T23:59:00+01:00".parse().unwrap();
        let said = |minutes| {
            let submitted = due + SignedDuration::from_mins(minutes);
            penalty(&rule(), due, submitted, 100.into(), 100.into()).unwrap().why
        };
        assert_eq!(said(1500), "Handed in 1 d 1 h late, which costs 20 % of all points");
        assert_eq!(said(10 * 1440), "Handed in 10 d late, after the assignment had closed");
        assert_eq!(said(6 * 1440), "Handed in 6 d late, which costs 50 % of all points");
    }

    #[test]
    fn a_tiny_period_is_no_endless_loop() {
        let rule = LateRule { per: SignedDuration::from_nanos(1), at_most: None, closes: None, ..rule() };
        let due: Timestamp = "2026-11-20T23:59:00+01:00".parse().unwrap();
        let found = penalty(&rule, due, due + SignedDuration::from_hours(100_000), 70.into(), 100.into()).unwrap();
        assert_eq!(found.points, 70.into());
    }
}
