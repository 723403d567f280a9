//! The scenario of each quest, drawn from many seeds: every correct program observes the same, and whoever only replays the
//! snapshots does not.

use staff::catalogue::{Candidate, Kind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use xtask::course::{Quest, SCENARIO, Test};
use xtask::engine::cargo_build::BuildOutput;
use xtask::engine::test_runner::{TestEnv, TestJob, run_all};
use xtask::engine::verdict::{TestResult, Verdict};

/// Seeds that are tried; zero, whose snapshot is kept, is none of them.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=200;

/// In a wrong program's `caught by`: it passes the scenario whose snapshot is kept, and fails nearly every other.
pub const OTHER_SEEDS: &str = "seeds";

/// In a wrong program's `caught by`: it passes the scenario whose snapshot is kept, and fails some others.
pub const SOME_SEEDS: &str = "some seeds";

/// Problems that are shown of one program.
const SHOWN: usize = 2;

/// Every check with the problems it found; none for a quest without a scenario.
pub fn check(
    quest: &Quest,
    candidates: &[Candidate],
    built: &BuildOutput,
) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let Some(test) = quest.scenario() else { return Ok(Vec::new()) };
    let programs: Vec<(&Candidate, PathBuf)> = candidates
        .iter()
        .filter(|candidate| candidate.quest.number == quest.number)
        .filter_map(|candidate| {
            Some((candidate, built.packages.get(&candidate.entry().package(quest.own_package()))?.program.clone()?))
        })
        .collect();
    let Some((_, solution)) = programs.iter().find(|(candidate, _)| candidate.kind == Kind::Solution) else {
        return Ok(vec![("the scenario of 200 seeds".into(), vec!["the solution does not compile".into()])]);
    };
    let nothing = vec![String::new(); SEEDS.count()];
    let (expected, mut of_correct) = observations(&scenarios(quest, test, solution, &nothing)?);
    let mut of_wrong = Vec::new();
    let mut hard_coded = false;
    for (candidate, program) in &programs {
        match &candidate.kind {
            Kind::Alternative => {
                let judged = scenarios(quest, test, program, &expected)?;
                of_correct.extend(disagreements(candidate, &judged));
            }
            Kind::Wrong { caught_by } if !caught_by.contains(SCENARIO) => {
                hard_coded |= is_caught_by_seeds_alone(caught_by);
                let judged = scenarios(quest, test, program, &expected)?;
                let red = judged.iter().filter(|judged| !judged.verdict.passed()).count();
                of_wrong.extend(untrue_claim(candidate, caught_by, red));
            }
            // Whoever fails the visible scenario is caught, whatever the others say.
            Kind::Wrong { caught_by } if [OTHER_SEEDS, SOME_SEEDS].iter().any(|word| caught_by.contains(*word)) => {
                of_wrong.push(format!("{} names `{SCENARIO}`, so it names no other seeds", candidate.file));
            }
            Kind::Wrong { .. } | Kind::Stub | Kind::Solution => {}
        }
    }
    if !hard_coded {
        of_wrong.push(format!(
            "no wrong program is `caught by: {OTHER_SEEDS}` or `caught by: {SOME_SEEDS}`, and nothing else"
        ));
    }
    Ok(vec![
        (format!("solution and alternatives agree on {} seeds", SEEDS.count()), of_correct),
        (
            format!("wrong programs say how many of {} seeds catch them: nearly all, some or none", SEEDS.count()),
            of_wrong,
        ),
    ])
}

/// Whether a program only replays what the visible tests ask for.
fn is_caught_by_seeds_alone(caught_by: &BTreeSet<String>) -> bool {
    caught_by.iter().all(|name| name == OTHER_SEEDS || name == SOME_SEEDS)
}

/// What is wrong with what a program says about the seeds, of which it fails so many.
fn untrue_claim(candidate: &Candidate, caught_by: &BTreeSet<String>, red: usize) -> Option<String> {
    let claimed = [OTHER_SEEDS, SOME_SEEDS].into_iter().filter(|word| caught_by.contains(*word));
    let due = claim(red, SEEDS.count());
    if claimed.eq(due) {
        return None;
    }
    let due =
        due.map_or("neither `seeds` nor `some seeds`".to_owned(), |word| format!("`{word}`, and not the other word"));
    Some(format!("{} fails {red} of {} seeds: it must name {due}", candidate.file, SEEDS.count()))
}

/// The word for a program that fails so many of the seeds that were tried.
fn claim(red: usize, tried: usize) -> Option<&'static str> {
    match red {
        0 => None,
        // Twelve hidden scenarios catch it for certain, as far as anything is certain about numbers that are drawn.
        _ if red * 10 >= tried * 9 => Some(OTHER_SEEDS),
        _ => Some(SOME_SEEDS),
    }
}

/// Runs the scenario of every seed, of which `expected` must be observed.
fn scenarios(quest: &Quest, test: &Test, program: &Path, expected: &[String]) -> anyhow::Result<Vec<TestResult>> {
    let job = |(seed, expected): (u64, &String)| TestJob {
        program: program.to_owned(),
        folder: quest.folder.clone(),
        test,
        path: test.name.clone(),
        expected: expected.clone(),
        seed: Some(seed),
    };
    let jobs: Vec<TestJob> = SEEDS.zip(expected).map(job).collect();
    run_all(&jobs, &TestEnv::local())
}

/// What the solution observed for each seed, and the seeds for which it observed nothing.
fn observations(judged: &[TestResult]) -> (Vec<String>, Vec<String>) {
    let mut problems = Vec::new();
    let seen = SEEDS.zip(judged).map(|(seed, judged)| match &judged.verdict {
        Verdict::Wrong { seen, .. } => seen.clone(),
        verdict => {
            problems.push(format!("seed {seed}: the solution is: {}", verdict.name()));
            String::new()
        }
    });
    (seen.collect(), problems)
}

fn disagreements(candidate: &Candidate, judged: &[TestResult]) -> Vec<String> {
    let red = SEEDS.zip(judged).filter(|(_, judged)| !judged.verdict.passed());
    let mut all =
        red.map(|(seed, judged)| format!("{}, seed {seed}: {}", candidate.file, super::describe(&judged.verdict)));
    let mut shown: Vec<String> = all.by_ref().take(SHOWN).collect();
    let more = all.count();
    if more > 0 {
        shown.push(format!("and so for {more} more seeds"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_depends_on_how_many_seeds_catch_it() {
        let words = [0, 1, 179, 180, 200].map(|red| claim(red, 200));
        assert_eq!(words, [None, Some(SOME_SEEDS), Some(SOME_SEEDS), Some(OTHER_SEEDS), Some(OTHER_SEEDS)]);
    }
}
