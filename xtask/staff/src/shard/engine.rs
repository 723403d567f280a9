//! The programs that run the shards of a class on many machines: how they number the shards, and how to run some of them again.

use super::ranges::ranges;

/// A scheduler or CI service, as the first word of `--shard` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    /// The command that runs these shards again, which are counted from 1. `…` stands for the arguments, which are the same as before.
    pub fn run_again(self, shards: &[u32], count: u32) -> String {
        let one = if let [shard] = shards { shard.to_string() } else { "N".to_owned() };
        match self {
            Self::Slurm => format!("sbatch --array={} …", ranges(shards, ",")),
            Self::Parallel => {
                format!("parallel cargo xtask grade … --shard {{}}/{count} ::: {}", words(shards))
            }
            Self::Kubernetes => format!(
                "kubectl replace --force -f JOB.yaml  (a shard that is done ends at once; their indexes are {})",
                ranges(&self.numbers(shards), ", ")
            ),
            Self::GitHub => "gh run rerun RUN --failed".to_owned(),
            Self::GitLab => format!("retry the jobs {} of the pipeline", ranges(shards, ", ")),
            Self::Plain => format!("cargo xtask grade … --shard {one}/{count}"),
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

    /// The shards, which are counted from 1, as the engine counts them.
    fn numbers(self, shards: &[u32]) -> Vec<u32> {
        shards.iter().map(|shard| shard - 1 + self.first()).collect()
    }
}

fn words(shards: &[u32]) -> String {
    shards.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_runs_the_missing_shards_again() {
        let again = |engine: Engine| engine.run_again(&[3, 17, 18, 19], 200);
        assert_eq!(again(Engine::Slurm), "sbatch --array=3,17-19 …");
        assert_eq!(again(Engine::Parallel), "parallel cargo xtask grade … --shard {}/200 ::: 3 17 18 19");
        assert!(again(Engine::Kubernetes).ends_with("their indexes are 2, 16-18)"), "{}", again(Engine::Kubernetes));
        assert_eq!(again(Engine::GitLab), "retry the jobs 3, 17-19 of the pipeline");
        assert_eq!(again(Engine::Plain), "cargo xtask grade … --shard N/200");
        assert_eq!(Engine::Plain.run_again(&[3], 200), "cargo xtask grade … --shard 3/200");
    }
}
