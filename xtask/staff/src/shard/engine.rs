//! The programs that run the shards of a class on many machines: how they number the shards, and how to run some of them again.

use super::ranges::Ranges;

/// A scheduler or CI service, as the first word of `--shard` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// None, or one that puts the number of the shard on the command line.
    Plain,
    GitHub,
    GitLab,
    Slurm,
    Kubernetes,
    Parallel,
}

impl Engine {
    /// The engine of a value of `--shard`.
    pub fn of(text: &str) -> Self {
        match text.split(':').next() {
            Some("github") => Self::GitHub,
            Some("gitlab") => Self::GitLab,
            Some("slurm") => Self::Slurm,
            Some("kubernetes") => Self::Kubernetes,
            Some("parallel") => Self::Parallel,
            _ => Self::Plain,
        }
    }

    /// How to run these of `count` shards again. `…` stands for the arguments, which are the same as before.
    pub fn run_again(self, shards: &Ranges, count: u32) -> String {
        match self {
            Self::Slurm => format!("sbatch --array={} …", shards.shown(",", 0)),
            Self::Parallel => {
                format!("parallel cargo xtask grade … --shard {{}}/{count} ::: {}", shards.in_braces())
            }
            Self::Kubernetes => format!(
                "kubectl replace --force -f JOB.yaml   (the missing indexes are {}; a shard that is done ends at once)",
                shards.shown(", ", -1)
            ),
            Self::GitHub => "gh run rerun RUN --failed".to_owned(),
            Self::GitLab => format!("retry the jobs {} of the pipeline", shards.shown(", ", 0)),
            Self::Plain if shards.count() == 1 => {
                format!("cargo xtask grade … --shard {}/{count}", shards.shown("", 0))
            }
            Self::Plain => format!("cargo xtask grade … --shard N/{count}   (N is each of {})", shards.shown(", ", 0)),
        }
    }

    /// The number of the first shard.
    pub(super) fn first(self) -> u32 {
        match self {
            Self::GitHub | Self::Kubernetes => 0,
            Self::Plain | Self::GitLab | Self::Slurm | Self::Parallel => 1,
        }
    }

    /// The environment variable with the number of the shard, if the count is in `--shard`.
    pub(super) fn variable(self) -> Option<&'static str> {
        match self {
            Self::Slurm => Some("SLURM_ARRAY_TASK_ID"),
            Self::Kubernetes => Some("JOB_COMPLETION_INDEX"),
            Self::Parallel => Some("PARALLEL_SEQ"),
            Self::Plain | Self::GitHub | Self::GitLab => None,
        }
    }

    /// `--shard` for a class of 200 shards.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Plain => "2/200",
            Self::GitHub => "github:${{ strategy.job-index }}/${{ strategy.job-total }}",
            Self::GitLab => "gitlab",
            Self::Slurm => "slurm:200",
            Self::Kubernetes => "kubernetes:200",
            Self::Parallel => "parallel:200",
        }
    }

    /// What to do so that the engine numbers its jobs like the shards, as the end of a sentence.
    pub(super) fn advice(self, count: u32) -> String {
        match self {
            Self::Slurm => format!("; submit them with `sbatch --array=1-{count}`"),
            Self::Kubernetes => format!("; set `completions: {count}` in the job"),
            Self::Parallel => format!("; call it with {count} arguments"),
            Self::Plain | Self::GitHub | Self::GitLab => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_engine_runs_the_missing_shards_again() {
        let present: BTreeSet<u32> = (1..=200).filter(|shard| ![3, 17, 18, 19].contains(shard)).collect();
        let again = |engine: Engine| engine.run_again(&Ranges::missing(&present, 200), 200);
        assert_eq!(again(Engine::Slurm), "sbatch --array=3,17-19 …");
        assert_eq!(again(Engine::Parallel), "parallel cargo xtask grade … --shard {}/200 ::: 3 {17..19}");
        assert!(
            again(Engine::Kubernetes).contains("the missing indexes are 2, 16-18;"),
            "{}",
            again(Engine::Kubernetes)
        );
        assert_eq!(again(Engine::GitLab), "retry the jobs 3, 17-19 of the pipeline");
        assert_eq!(again(Engine::Plain), "cargo xtask grade … --shard N/200   (N is each of 3, 17-19)");
        let one = Ranges::missing(&[1].into(), 2);
        assert_eq!(Engine::Plain.run_again(&one, 2), "cargo xtask grade … --shard 2/2");
    }
}
