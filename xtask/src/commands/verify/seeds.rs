//! The scenario of each quest, drawn from many seeds: every correct program observes the same, and whoever only replays the
//! snapshots does not.

use super::catalogue::{Candidate, Kind};
use std::path::{Path, PathBuf};
use xtask::course::{Quest, Test};
use xtask::engine::build::Built;
use xtask::engine::observing::{Job, Room, observe_all};
use xtask::engine::verdict::{Judged, Verdict};

/// Seeds that are tried; zero, whose snapshot is kept, is none of them.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=200;

/// In a wrong program's `caught by`: the scenario drawn from other seeds than the one whose snapshot is kept.
pub const OTHER_SEEDS: &str = "seeds";

/// Problems that are shown of one program.
const SHOWN: usize = 2;

/// Every check with the problems it found; none for a quest without a scenario.
pub fn check(quest: &Quest, candidates: &[Candidate], built: &Built) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let Some(test) = quest.scenario() else { return Ok(Vec::new()) };
    let programs: Vec<(&Candidate, PathBuf)> = candidates
        .iter()
        .filter(|candidate| candidate.quest.number == quest.number)
        .filter_map(|candidate| Some((candidate, built.packages.get(&candidate.entry().package)?.program.clone()?)))
        .collect();
    let Some((_, solution)) = programs.iter().find(|(candidate, _)| candidate.kind == Kind::Solution) else {
        return Ok(vec![("the scenario of 200 seeds".into(), vec!["the solution does not compile".into()])]);
    };
    let nothing = vec![String::new(); SEEDS.count()];
    let (expected, mut problems) = observations(&scenarios(quest, test, solution, &nothing)?);
    let mut hard_coded = Vec::new();
    let mut tried = false;
    for (candidate, program) in &programs {
        match &candidate.kind {
            Kind::Alternative => {
                let judged = scenarios(quest, test, program, &expected)?;
                problems.extend(disagreements(candidate, &judged));
            }
            Kind::Wrong { caught_by } if caught_by.contains(OTHER_SEEDS) => {
                tried = true;
                let judged = scenarios(quest, test, program, &expected)?;
                if judged.iter().all(|judged| judged.verdict.passed()) {
                    hard_coded.push(format!("{} passes all of them", candidate.file.display()));
                }
            }
            Kind::Wrong { .. } | Kind::Stub | Kind::Solution => {}
        }
    }
    if !tried {
        hard_coded.push(format!("no wrong program is `caught by: {OTHER_SEEDS}`"));
    }
    Ok(vec![
        (format!("solution and alternatives agree on {} seeds", SEEDS.count()), problems),
        ("hard-coded answers are caught by other seeds".into(), hard_coded),
    ])
}

/// Runs the scenario of every seed, of which `expected` must be observed.
fn scenarios(quest: &Quest, test: &Test, program: &Path, expected: &[String]) -> anyhow::Result<Vec<Judged>> {
    let job = |(seed, expected): (u64, &String)| Job {
        program: program.to_owned(),
        folder: quest.folder.clone(),
        test,
        path: test.name.clone(),
        expected: expected.clone(),
        seed: Some(seed),
    };
    let jobs: Vec<Job> = SEEDS.zip(expected).map(job).collect();
    observe_all(&jobs, &Room::open())
}

/// What the solution observed for each seed, and the seeds for which it observed nothing.
fn observations(judged: &[Judged]) -> (Vec<String>, Vec<String>) {
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

fn disagreements(candidate: &Candidate, judged: &[Judged]) -> Vec<String> {
    let red = SEEDS.zip(judged).filter(|(_, judged)| !judged.verdict.passed());
    let mut all = red.map(|(seed, judged)| {
        format!("{}, seed {seed}: {}", candidate.file.display(), super::describe(&judged.verdict))
    });
    let mut shown: Vec<String> = all.by_ref().take(SHOWN).collect();
    let more = all.count();
    if more > 0 {
        shown.push(format!("and so for {more} more seeds"));
    }
    shown
}
