//! How far the shards of a class are, from what their folders hold.

use super::engine::Engine;
use super::ranges::Ranges;
use super::status::{ShardStatus, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// After this time without a sign of life, a run may have been killed.
const SILENCE: Duration = Duration::from_secs(120);

/// How many shards to list one by one.
const LISTED: usize = 20;

/// What became of a shard, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ShardState {
    Done,
    Running,
    Silent(Duration),
    Failed,
}

/// A shard that has begun.
#[derive(Debug, Clone)]
pub struct BegunShard {
    pub folder: PathBuf,
    pub status: ShardStatus,
    /// Since its last sign of life.
    pub age: Duration,
}

impl BegunShard {
    fn state(&self) -> ShardState {
        match self.status.step {
            Step::Done => ShardState::Done,
            Step::Failed => ShardState::Failed,
            Step::Preparing | Step::Grading if self.age < SILENCE => ShardState::Running,
            Step::Preparing | Step::Grading => ShardState::Silent(self.age),
        }
    }

    /// One line about a shard that is not done.
    fn line(&self) -> String {
        let status = &self.status;
        let state = match (self.state(), status.step) {
            (ShardState::Silent(age), _) => format!("silent for {}, perhaps killed,", span(age.as_secs())),
            (ShardState::Failed, _) => "failed".to_owned(),
            (_, Step::Preparing) => "preparing".to_owned(),
            (ShardState::Done | ShardState::Running, _) => "grading".to_owned(),
        };
        let left = status.seconds_left().filter(|_| self.state() == ShardState::Running);
        let left = left.map(|seconds| format!(", about {} left", span(seconds))).unwrap_or_default();
        let known = if status.submissions == 0 {
            String::new()
        } else {
            format!(", {} of {} submissions graded", status.graded, status.submissions)
        };
        format!("{:>5}  {}{known}{left}  ({})", status.shard.index, state.trim_end_matches(','), self.folder.display())
    }
}

/// The report, and whether all shards are done. `count` is that of all shards.
pub fn report(begun: &[BegunShard], count: u32) -> (String, bool) {
    let begun = each_once(begun);
    let with = |is: &dyn Fn(ShardState) -> bool| begun.iter().filter(|shard| is(shard.state())).count();
    let done = with(&|state| state == ShardState::Done);
    let present: BTreeSet<u32> = begun.iter().map(|shard| shard.status.shard.index).collect();
    let missing = Ranges::missing(&present, count);
    let mut lines = vec![format!(
        "{count} shards: {done} done, {} running, {} silent, {} failed, {} not begun.",
        with(&|state| state == ShardState::Running),
        with(&|state| matches!(state, ShardState::Silent(_))),
        with(&|state| state == ShardState::Failed),
        missing.count(),
    )];
    let sum = |number: &dyn Fn(&ShardStatus) -> u64| begun.iter().map(|shard| number(&shard.status)).sum::<u64>();
    lines.push(format!(
        "{} of {} submissions graded{}.",
        sum(&|status| status.graded),
        sum(&|status| status.submissions),
        if missing.is_empty() { "" } else { " in the shards that have begun" },
    ));
    let running = begun.iter().filter(|shard| shard.state() == ShardState::Running);
    if let Some(seconds) = running.filter_map(|shard| shard.status.seconds_left()).max() {
        lines.push(format!("The shards that run need about {} more.", span(seconds)));
    }
    let open: Vec<&&BegunShard> = begun.iter().filter(|shard| shard.state() != ShardState::Done).collect();
    lines.extend(open.iter().take(LISTED).map(|shard| shard.line()));
    if open.len() > LISTED {
        lines.push(format!("… and {} more.", open.len() - LISTED));
    }
    let to_run: BTreeSet<u32> = begun
        .iter()
        .filter(|shard| matches!(shard.state(), ShardState::Done | ShardState::Running))
        .map(|shard| shard.status.shard.index)
        .collect();
    let to_run = Ranges::missing(&to_run, count);
    if !to_run.is_empty() {
        lines.push(format!(
            "Neither done nor running: {}. If they are not waiting for a machine, run them:",
            to_run.shown(", ", 0)
        ));
        let engines: BTreeSet<Engine> = begun.iter().map(|shard| shard.status.engine()).collect();
        lines.extend(engines.iter().map(|engine| format!("  {}", engine.run_again(&to_run, count))));
    }
    (lines.join("\n"), u32::try_from(done) == Ok(count))
}

/// Of several folders of one shard, the one that is furthest.
fn each_once(begun: &[BegunShard]) -> Vec<&BegunShard> {
    let mut shards: BTreeMap<u32, &BegunShard> = BTreeMap::new();
    for shard in begun {
        let best = shards.entry(shard.status.shard.index).or_insert(shard);
        if shard.state() < best.state() {
            *best = shard;
        }
    }
    shards.into_values().collect()
}

/// `50 s`, `12 min`, `3 h`
fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shard;

    fn shard(index: u32, step: Step, graded: u64, age: u64) -> BegunShard {
        let status = ShardStatus {
            shard: Shard { index, count: 5 },
            given: "slurm:5".to_owned(),
            step,
            graded,
            submissions: 50,
            seconds: 100,
            graded_by_run: graded,
        };
        BegunShard { folder: PathBuf::from(format!("out/{index}")), status, age: Duration::from_secs(age) }
    }

    #[test]
    fn it_says_what_is_done_what_runs_and_what_is_missing() {
        let begun = [
            shard(1, Step::Done, 50, 9_000),
            shard(2, Step::Grading, 25, 5),
            shard(3, Step::Grading, 10, 720),
            shard(4, Step::Failed, 0, 3),
            // Its first machine failed.
            shard(1, Step::Failed, 7, 10_000),
        ];
        let (report, is_done) = report(&begun, 5);
        assert!(!is_done);
        assert_eq!(
            report,
            "5 shards: 1 done, 1 running, 1 silent, 1 failed, 1 not begun.\n\
             85 of 200 submissions graded in the shards that have begun.\n\
             The shards that run need about 100 s more.\n    \
             2  grading, 25 of 50 submissions graded, about 100 s left  (out/2)\n    \
             3  silent for 12 min, perhaps killed, 10 of 50 submissions graded  (out/3)\n    \
             4  failed, 0 of 50 submissions graded  (out/4)\n\
             Neither done nor running: 3-5. If they are not waiting for a machine, run them:\n  \
             sbatch --array=3-5 …"
        );
    }

    #[test]
    fn a_class_that_is_done_says_no_more() {
        let begun: Vec<BegunShard> = (1..=5).map(|index| shard(index, Step::Done, 50, 9_000)).collect();
        let done = "5 shards: 5 done, 0 running, 0 silent, 0 failed, 0 not begun.\n250 of 250 submissions graded.";
        assert_eq!(report(&begun, 5), (done.to_owned(), true));
    }
}
