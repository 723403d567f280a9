//! `check`: judges the work and says what to do next.

use super::mode_of;
use crate::cli::{Check, Format};
use crate::course::Course;
use crate::engine;
use crate::exit::Outcome;
use crate::report::look::Look;
use crate::report::{Report, json, text};
use crate::say::{self, say};
use crate::state::State;

pub fn run(course: &Course, state: &State, arguments: &Check) -> anyhow::Result<Outcome> {
    let quests = course.select(&arguments.quests)?;
    let mode = mode_of(state, arguments.reference)?;
    let judgements = engine::judge_quests(course, &quests, mode)?;
    let report = Report { course, mode, results: quests.into_iter().zip(judgements).collect() };
    match arguments.format {
        Format::Text => say::now(&text::render(&report, Look::here())),
        Format::Json => say!("{}", json::render(&report)),
    }
    Ok(Outcome::from_passed(report.passed()))
}
