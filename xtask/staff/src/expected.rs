//! What each test must observe: the course's snapshots and, for the hidden scenarios, what the solutions observe.
//!
//! Submitted code can read neither.

use crate::fingerprint::Fingerprint;
use anyhow::{Context as _, bail};
use std::collections::BTreeMap;
use std::path::Path;
use xtask::course::{Course, Quest};
use xtask::engine::cargo_build::TargetKind;
use xtask::engine::test_runner::{TestEnv, TestJob, run_all};
use xtask::engine::verdict::Verdict;
use xtask::engine::{build_quests_in, snapshot};
use xtask::state::Mode;

/// The number of hidden scenarios for each quest, in addition to the visible one.
pub const HIDDEN: usize = 12;

/// By quest.
#[derive(Debug, Default)]
pub struct Expectations {
    quests: BTreeMap<u32, QuestExpectations>,
}

#[derive(Debug, Default)]
struct QuestExpectations {
    /// By the test's name.
    snapshots: BTreeMap<String, String>,
    /// The seed of each hidden scenario, and what it must observe.
    hidden: Vec<(u64, String)>,
}

impl Expectations {
    /// Reads the snapshots, and runs the hidden scenarios on the solutions, which are built in `target`.
    pub fn find(course: &Course, seed: u64, target: &Path) -> anyhow::Result<Self> {
        let mut expected = Self::default();
        for quest in &course.quests {
            let of_quest = expected.quests.entry(quest.number).or_default();
            for (_, test) in quest.tests() {
                of_quest.snapshots.insert(test.name.clone(), snapshot(quest, &test.name)?);
            }
        }
        expected.run_the_solutions(course, seed, target)?;
        Ok(expected)
    }

    /// What the test must observe; for a scenario, what the visible one must observe.
    pub fn snapshot(&self, quest: &Quest, test: &str) -> &str {
        self.quests.get(&quest.number).and_then(|quest| quest.snapshots.get(test)).map_or("", String::as_str)
    }

    /// The quest's hidden scenarios: the seed of each, and what it must observe.
    pub fn hidden(&self, quest: &Quest) -> &[(u64, String)] {
        self.quests.get(&quest.number).map_or(&[], |quest| &quest.hidden)
    }

    fn run_the_solutions(&mut self, course: &Course, seed: u64, target: &Path) -> anyhow::Result<()> {
        let quests: Vec<&Quest> = course.quests.iter().filter(|quest| quest.scenario().is_some()).collect();
        let built = build_quests_in(target.to_owned(), course, &quests, Mode::Reference, TargetKind::Tests)?;
        let mut jobs = Vec::new();
        for quest in &quests {
            let program = built.packages.get(&quest.package).and_then(|package| package.program.clone());
            let program = program.with_context(|| format!("the solution of {} does not compile", quest.package))?;
            let test = quest.scenario().expect("the quests were chosen by it");
            jobs.extend((0..HIDDEN).map(|number| TestJob {
                program: program.clone(),
                folder: quest.folder.clone(),
                test,
                path: test.name.clone(),
                expected: String::new(),
                seed: Some(drawn(seed, quest, number as u64)),
            }));
        }
        let judged = run_all(&jobs, &TestEnv::local())?;
        let mut judged = jobs.iter().zip(judged);
        for quest in quests {
            for (job, judged) in judged.by_ref().take(HIDDEN) {
                let Verdict::Wrong { seen, .. } = judged.verdict else {
                    bail!("the solution of {} observes nothing: {}", quest.package, judged.verdict.name());
                };
                let hidden = &mut self.quests.entry(quest.number).or_default().hidden;
                hidden.push((job.seed.unwrap_or_default(), seen));
            }
        }
        Ok(())
    }
}

/// The seed of a hidden scenario.
fn drawn(seed: u64, quest: &Quest, number: u64) -> u64 {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(&seed.to_be_bytes()).add(quest.package.as_bytes()).add(&number.to_be_bytes());
    u64::from_str_radix(&fingerprint.digits()[..16], 16).expect("these are hexadecimal digits")
}
