//! Reads `grading.toml`, and checks it against the course and the class.

use crate::points::Points;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, Unit};
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use xtask::course::{Course, SCENARIO};

/// A teacher's decisions about grades.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Until when submissions are on time.
    #[serde(default, deserialize_with = "time")]
    pub due: Option<Timestamp>,
    pub late: Option<LateRule>,
    /// The total that all points make, such as the maximum grade in the grade book.
    pub scale_to: Option<Points>,
    /// Whether reports show numbers in place of names.
    #[serde(default)]
    pub anonymous: bool,
    #[serde(default)]
    pub exempt: Vec<Exemption>,
    #[serde(default)]
    pub weight: Vec<Weight>,
    #[serde(default)]
    pub learner: Vec<LearnerPolicy>,
}

/// What lateness costs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateRule {
    /// The part of all points that each begun period costs, in percent.
    pub percent: Points,
    /// The length of a period.
    #[serde(default = "one_day", deserialize_with = "duration")]
    pub per: SignedDuration,
    /// Until so long after `due`, nothing is late. After it, all of the time since `due` counts.
    #[serde(default, deserialize_with = "duration")]
    pub grace: SignedDuration,
    /// The highest penalty, in percent of all points.
    pub at_most: Option<Points>,
    /// How long after `due` a submission earns nothing.
    #[serde(default, deserialize_with = "some_duration")]
    pub closes: Option<SignedDuration>,
}

/// A test, or a quest as a whole, that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    pub quest: u32,
    /// Without it, the whole quest.
    pub test: Option<String>,
    /// For the learners.
    pub reason: String,
}

/// Other points for a test, or for a quest as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    pub quest: u32,
    /// Without it, all tests of the quest keep their share.
    pub test: Option<String>,
    pub points: Points,
}

/// What the teacher decides about one learner.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnerPolicy {
    /// The submission's name in the reports.
    pub id: String,
    /// Another date for this learner.
    #[serde(default, deserialize_with = "time")]
    pub due: Option<Timestamp>,
    /// When it was handed in, if the platform's data say it wrongly or not at all.
    #[serde(default, deserialize_with = "time")]
    pub submitted: Option<Timestamp>,
    /// Points on top of the total; negative ones are taken away.
    pub extra: Option<Points>,
    pub comment: Option<String>,
    #[serde(default)]
    pub quest: Vec<Override>,
}

/// What the teacher decides about a quest of one learner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub number: u32,
    /// In place of the points that the tests gave.
    pub points: Option<Points>,
    pub comment: Option<String>,
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    Unfit(String),
}

impl Policy {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        Self::parse(&fs::read_to_string(path).map_err(|error| PolicyError::Unreadable(error.to_string()))?)
    }

    /// Parses the text of such a file.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError::Invalid(error.to_string()))?;
        match () {
            () if policy.late.is_some() && policy.due.is_none() => invalid("`[late]` needs a date: add `due = …`"),
            () if policy.late.as_ref().is_some_and(|late| late.per <= SignedDuration::ZERO) => {
                invalid("`per` must be longer than nothing")
            }
            () if policy.scale_to.is_some_and(|scale| scale <= Points::ZERO) => invalid("`scale_to` must be positive"),
            () => Ok(policy),
        }
    }

    /// Checks that quests, tests and learners are there. `ids` are those of all submissions.
    pub fn check<'a>(&self, course: &Course, ids: impl IntoIterator<Item = &'a str>) -> Result<(), PolicyError> {
        self.check_quests(course)?;
        self.check_learners(&ids.into_iter().collect())
    }

    /// Checks that quests and tests are there.
    pub fn check_quests(&self, course: &Course) -> Result<(), PolicyError> {
        let exempt = self.exempt.iter().map(|exempt| (exempt.quest, exempt.test.as_deref()));
        let weights = self.weight.iter().map(|weight| (weight.quest, weight.test.as_deref()));
        for (number, test) in exempt.chain(weights) {
            is_in_course(course, number, test)?;
        }
        if self.weight.iter().any(|weight| weight.test.as_deref() == Some(SCENARIO)) {
            return unfit("the test `scenario` has no points of its own, so it cannot be given any");
        }
        if self.weight.iter().any(|weight| weight.points < Points::ZERO) {
            return unfit("the `points` of a `[[weight]]` must not be negative");
        }
        self.learner
            .iter()
            .flat_map(|learner| &learner.quest)
            .try_for_each(|quest| is_in_course(course, quest.number, None))
    }

    fn check_learners(&self, ids: &BTreeSet<&str>) -> Result<(), PolicyError> {
        let mut seen = BTreeSet::new();
        for learner in &self.learner {
            if !ids.contains(learner.id.as_str()) {
                return unfit(&format!(
                    "no submission has the id `{}`: use the name that the reports show",
                    learner.id
                ));
            }
            if !seen.insert(&learner.id) {
                return unfit(&format!("`{}` has two `[[learner]]` tables: merge them", learner.id));
            }
        }
        Ok(())
    }
}

fn is_in_course(course: &Course, number: u32, test: Option<&str>) -> Result<(), PolicyError> {
    let Some(quest) = course.quests.iter().find(|quest| quest.number == number) else {
        return unfit(&format!("the course has no quest {number}"));
    };
    let names: Vec<&str> = quest.tests().map(|(_, test)| test.name.as_str()).collect();
    match test {
        Some(test) if !names.contains(&test) => {
            unfit(&format!("quest {number} has no test `{test}`; its tests: {}", names.join(", ")))
        }
        _ => Ok(()),
    }
}

fn invalid<T>(why: &str) -> Result<T, PolicyError> {
    Err(PolicyError::Invalid(why.to_owned()))
}

fn unfit<T>(why: &str) -> Result<T, PolicyError> {
    Err(PolicyError::Unfit(why.to_owned()))
}

/// A date of TOML's, with its distance from UTC.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let time = toml::value::Datetime::deserialize(deserializer)?;
    if time.offset.is_none() {
        return Err(de::Error::custom(format!(
            "`{time}` does not say in which time zone: add the distance from UTC, as in `2026-11-20T23:59:00+01:00`"
        )));
    }
    time.to_string().parse().map(Some).map_err(de::Error::custom)
}

/// `15 min`, `1 day`, `36 h`
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let not_one = |_| de::Error::custom(format!("`{text}` is no length of time: write it as `15 min` or `1 day`"));
    let span: Span = text.parse().map_err(not_one)?;
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).map_err(not_one)?;
    SignedDuration::try_from_secs_f64(seconds).map_err(not_one)
}

fn some_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SignedDuration>, D::Error> {
    duration(deserializer).map(Some)
}

fn one_day() -> SignedDuration {
    SignedDuration::from_hours(24)
}
