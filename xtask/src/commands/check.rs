//! `check`: judges the work and says what to do next.

use super::mode_of;
use crate::cli::{CheckArgs, OutputFormat};
use xtask::course::Course;
use xtask::engine;
use xtask::exit::Outcome;
use xtask::print_line;
use xtask::report::frontend::Frontend;
use xtask::report::{Report, json, text};
use xtask::state::{Mode, State};
use xtask::terminal::print;
use xtask::terminal::style::Terminal;

pub fn run(course: &Course, state: &State, arguments: &CheckArgs) -> anyhow::Result<Outcome> {
    let quests = course.select(&arguments.quests)?;
    let mode = mode_of(course, state, arguments.reference)?;
    let judgements = engine::judge_quests(course, &quests, mode)?;
    let report = Report { course, mode, results: quests.into_iter().zip(judgements).collect(), just_passed: None };
    if mode == Mode::Learner {
        report.remember_steps(state);
    }
    match arguments.format {
        OutputFormat::Text => print::text(&text::render(&report, Terminal::detect(), Frontend::Cli)),
        OutputFormat::Json => print_line!("{}", json::render(&report)),
    }
    Ok(Outcome::from_passed(report.passed()))
}
