//! `check`: judges the work and says what to do next.

use super::mode_of;
use crate::cli::{Check, Format};
use xtask::course::Course;
use xtask::engine;
use xtask::exit::Outcome;
use xtask::report::look::Look;
use xtask::report::way::Way;
use xtask::report::{Report, json, text};
use xtask::say::{self, say};
use xtask::state::{Mode, State};

pub fn run(course: &Course, state: &State, arguments: &Check) -> anyhow::Result<Outcome> {
    let quests = course.select(&arguments.quests)?;
    let mode = mode_of(course, state, arguments.reference)?;
    let judgements = engine::judge_quests(course, &quests, mode)?;
    let report = Report { course, mode, results: quests.into_iter().zip(judgements).collect(), just_passed: None };
    if mode == Mode::Learner {
        report.remember_steps(state);
    }
    match arguments.format {
        Format::Text => say::now(&text::render(&report, Look::here(), Way::Command)),
        Format::Json => say!("{}", json::render(&report)),
    }
    Ok(Outcome::from_passed(report.passed()))
}
