//! `verify`: checks that quests, solutions and the catalogue of wrong programs are what they claim to be.
//!
//! [`api`] compares stub and solution, [`metadata`] checks a quest's files, [`seeds`] runs its scenario with many seeds, [`lessons`]
//! checks the pictures, and [`reference_trace`] the traces that they are drawn from.

mod api;
mod describe;
mod lessons;
mod metadata;
mod reference_trace;
mod says;
mod seeds;

use crate::cli::VerifyArgs;
use anyhow::bail;
use describe::describe;
use staff::catalogue::rebase::{self, Rebased};
use staff::catalogue::wrong::WrongProgramError;
use staff::catalogue::{self, Candidate, ProgramKind};
use staff::stage;
use staff::submissions::known;
use std::collections::BTreeSet;
use xtask::course::{Course, Quest};
use xtask::engine::cargo_build::BuildOutput;
use xtask::engine::verdict::{Judgement, Verdict};
use xtask::engine::{QuestProgram, judge_built, precheck};
use xtask::exit::{Outcome, UsageError};
use xtask::print_line;
use xtask::terminal::style::{BOLD, GREEN, RED, YELLOW, paint, plain};

/// The number of checks that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A single check.
    pub fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed) }
    }
}

pub fn run(course: &Course, arguments: &VerifyArgs) -> anyhow::Result<Outcome> {
    course.require_solutions()?;
    let quests = course.select(&arguments.quests)?;
    if let Some(name) = &arguments.new {
        return new(course, &quests, name);
    }
    if arguments.rebase {
        return rebase(course, &quests);
    }
    let tally = verify(course, &quests, arguments.runs, arguments.bless)?;
    print_line!("\n{} passed, {} failed", tally.passed, tally.failed);
    Ok(Outcome::from_passed(tally.failed == 0))
}

/// Verifies the quests, and prints the results. With `bless`, updates the pictures and reference traces.
pub fn verify(course: &Course, quests: &[&Quest], runs: u32, bless: bool) -> anyhow::Result<Tally> {
    let mut candidates = Vec::new();
    let mut unusable = Vec::new();
    for quest in quests {
        let catalogue = catalogue::of(course, quest)?;
        candidates.extend(catalogue.programs);
        unusable.push(catalogue.unusable);
    }
    let entries: Vec<_> = candidates.iter().map(Candidate::entry).collect();
    let built = stage::catalogue::build(course, &entries)?;
    let programs: Vec<QuestProgram> =
        entries.iter().map(|entry| QuestProgram { quest: entry.quest, suffix: entry.suffix.clone() }).collect();
    let first = judge_built(&programs, &built)?;
    let mut problems: Vec<Vec<String>> = candidates
        .iter()
        .zip(&programs)
        .zip(&first)
        .map(|((candidate, program), judgement)| check_program(candidate, program, &built, judgement))
        .collect();
    for run in 2..=runs {
        let again = judge_built(&programs, &built)?;
        for ((problems, first), again) in problems.iter_mut().zip(&first).zip(&again) {
            problems.extend(unlike(first, again).into_iter().map(|test| format!("run {run} judged {test}")));
        }
    }
    let unrecognizable = known::unrecognizable(&known::known_quests(course)?);
    let mut tally = Tally::default();
    for (quest, unusable) in quests.iter().zip(unusable) {
        print_line!("{}", paint(BOLD, &quest.package));
        for (title, problems) in metadata::check(quest, &candidates, &built)? {
            tally.add(report_check(&title, &problems));
        }
        let like_others =
            unrecognizable.contains(&quest.number).then(|| "every public item is another quest's, too".into());
        tally.add(report_check("a submitted file can be recognized by its content", &Vec::from_iter(like_others)));
        let is_solution =
            |candidate: &Candidate| candidate.quest.number == quest.number && candidate.kind == ProgramKind::Solution;
        let solution = candidates.iter().zip(&first).find(|(candidate, _)| is_solution(candidate));
        let (_, solution) = solution.expect("the catalogue has every quest's solution");
        tally.add(report_check("pictures in the lesson", &lessons::check(quest, solution, bless)?));
        tally.add(report_check("reference traces", &reference_trace::check(course, quest, solution, bless)?));
        for (title, problems) in seeds::check(quest, &candidates, &built)? {
            tally.add(report_check(&title, &problems));
        }
        for (candidate, problems) in candidates.iter().zip(&problems) {
            if candidate.quest.number == quest.number {
                tally.add(report_check(&candidate.file, problems));
            }
        }
        for (file, problem) in unusable {
            tally.add(report_check(&file, &[describe_unusable(quest, &problem)]));
        }
        if let Some(note) = metadata::note_on_learner(course, quest)? {
            print_line!("  {} {note}", paint(YELLOW, "note"));
        }
    }
    Ok(tally)
}

/// Creates a wrong program from an edited `learner.rs`.
fn new(course: &Course, quests: &[&Quest], name: &str) -> anyhow::Result<Outcome> {
    let [quest] = quests else { bail!(UsageError("a new wrong program belongs to one quest: name that quest".into())) };
    let path = rebase::add(course, quest, name)?;
    print_line!("{} contains the mistake from {}.", course.display_path(&path), course.display_path(&quest.learner()));
    print_line!("Fill in its first four lines. Then: cargo xtask verify {}", quest.number);
    Ok(Outcome::Passed)
}

/// Rebases the wrong programs onto correct programs that have changed, and prints those that failed.
fn rebase(course: &Course, quests: &[&Quest]) -> anyhow::Result<Outcome> {
    let (mut current, mut left) = (0, 0);
    for quest in quests {
        for (file, rebased) in rebase::rebase(course, quest)? {
            match rebased {
                Rebased::Current => current += 1,
                Rebased::Moved => print_line!("  {} {file}", paint(GREEN, "moved")),
                Rebased::Merged => print_line!("  {} {file}: review it", paint(YELLOW, "merged")),
                Rebased::Left(why) => {
                    left += 1;
                    print_line!("  {} {file}, {why}", paint(RED, "left"));
                }
            }
        }
    }
    print_line!("{current} were up to date, {left} could not be rebased.");
    Ok(Outcome::from_passed(left == 0))
}

/// Describes what is wrong with the file of a wrong program, and what to do.
fn describe_unusable(quest: &Quest, problem: &WrongProgramError) -> String {
    let number = quest.number;
    match problem {
        WrongProgramError::DoesNotApply { .. } | WrongProgramError::NotCurrent { .. } => {
            format!("{problem}. To rebase it: cargo xtask verify {number} --rebase")
        }
        _ => problem.to_string(),
    }
}

fn report_check(title: &str, problems: &[String]) -> Tally {
    if problems.is_empty() {
        print_line!("  {} {title}", paint(GREEN, "ok"));
    } else {
        print_line!("  {} {title}", paint(RED, "FAILED"));
        for line in problems.iter().flat_map(|problem| problem.trim_end().lines()) {
            print_line!("      {line}");
        }
    }
    Tally::one(problems.is_empty())
}

/// The problems of a candidate: it must behave as its kind demands.
fn check_program(
    candidate: &Candidate,
    program: &QuestProgram,
    built: &BuildOutput,
    judgement: &Judgement,
) -> Vec<String> {
    let mut problems = Vec::new();
    for package in program.quest.packages.iter().filter_map(|package| program.built(package, built)) {
        problems.extend(
            package.warnings.iter().map(|warning| format!("the compiler warns:\n{}", plain(&warning.rendered))),
        );
    }
    // `check` would reject it, so verifying it would mean nothing.
    problems.extend(precheck::scan(&candidate.source).map(|forbidden| format!("it is rejected: {forbidden}")));
    let tests = match judgement {
        Judgement::Observed(tests) => tests,
        Judgement::Rejected(rejection) => return vec![rejection.to_string()],
        Judgement::DoesNotCompile(errors) => {
            problems.push("it does not compile:".into());
            problems.extend(errors.iter().map(|error| plain(&error.rendered)));
            return problems;
        }
    };
    for test in tests {
        let verdict = &test.verdict;
        let must = match &candidate.kind {
            ProgramKind::Stub if !matches!(verdict, Verdict::NotStarted { .. }) => "must be not-started",
            ProgramKind::Solution | ProgramKind::Alternative if !verdict.passed() => "must pass",
            ProgramKind::Wrong { caught_by } if verdict.passed() && caught_by.contains(&test.name) => "must not pass",
            ProgramKind::Wrong { caught_by } if !verdict.passed() && !caught_by.contains(&test.name) => "must pass",
            _ => continue,
        };
        problems.push(format!("{}: {must}, but is: {}", test.name, describe(verdict)));
    }
    if let ProgramKind::Wrong { caught_by } = &candidate.kind {
        let known: BTreeSet<&str> = tests.iter().map(|test| test.name.as_str()).collect();
        let is_known = |name: &str| known.contains(name) || [seeds::OTHER_SEEDS, seeds::SOME_SEEDS].contains(&name);
        let unknown = caught_by.iter().filter(|name| !is_known(name));
        problems.extend(unknown.map(|name| format!("its `caught by` names the test `{name}`, which does not exist")));
        if caught_by.is_empty() {
            problems.push("its `caught by` names no test".into());
        }
    }
    problems
}

/// The tests with different verdicts.
fn unlike(first: &Judgement, again: &Judgement) -> Vec<String> {
    first
        .tests()
        .iter()
        .zip(again.tests())
        .filter(|(first, again)| first.verdict.name() != again.verdict.name())
        .map(|(first, again)| {
            format!("{} as {}, the first run as {}", first.name, describe(&again.verdict), describe(&first.verdict))
        })
        .collect()
}
