//! Splits one class over several machines: which shard this machine grades, and which submissions belong to it.

pub mod engine;
pub mod ranges;
pub mod status;
pub mod survey;

use crate::fingerprint::{self, Fingerprint};
use crate::model::Shard;
use engine::Engine;
use xtask::exit::UsageError;

/// The values of `--shard`, for messages.
pub const FORMS: &str = "`2/8`, `github:0/8`, `gitlab`, `slurm:8`, `kubernetes:8` or `parallel:8`";

/// Parses `--shard`. `variable` looks up the environment variables of the CI service or scheduler.
///
/// - `2/8`: the second of eight
/// - `github:0/8`: the first of eight, as `strategy.job-index` and `strategy.job-total` count
/// - `gitlab`: jobs with `parallel: 8`
/// - `slurm:8`: array jobs, whose task ids are the shards 1 to 8
/// - `kubernetes:8`: indexed jobs
/// - `parallel:8`: GNU parallel, called with eight arguments
///
/// The number of shards is always explicit. What a scheduler knows is how many it runs now: a failed one that runs again
/// alone must not take itself for the whole class.
pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, UsageError> {
    let environment = Environment { variable: &variable };
    let (name, rest) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let engine = Engine::of(text);
    match (engine, rest) {
        (Engine::GitHub, Some(rest)) => fraction(text, rest, engine.first()),
        (Engine::GitLab, None) => {
            let index = environment.number("CI_NODE_INDEX")?;
            shard(index, engine.first(), environment.number("CI_NODE_TOTAL")?, "CI_NODE_INDEX", "")
        }
        (Engine::Plain, None) => fraction(text, text, engine.first()),
        (Engine::GitHub | Engine::Slurm | Engine::Kubernetes | Engine::Parallel, None) => Err(UsageError(format!(
            "`--shard {name}` does not say how many shards the class has; write `--shard {}`",
            engine.example()
        ))),
        (_, Some(count)) => {
            let variable = engine.variable().ok_or_else(|| unknown(text))?;
            let count = number(text, count)?;
            shard(environment.number(variable)?, engine.first(), count, variable, &engine.advice(count))
        }
    }
}

/// Whether the submission belongs to this shard. Every submission belongs to exactly one, the same on every machine.
pub fn holds(shard: Shard, id: &str) -> bool {
    let number = u64::from_str_radix(&fingerprint::of(id.as_bytes())[..16], 16).expect("these are hexadecimal digits");
    number % u64::from(shard.count.max(1)) + 1 == u64::from(shard.index)
}

/// The fingerprint of the ids of all submissions in a class, in any order.
pub fn class_fingerprint<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut ids: Vec<&str> = ids.into_iter().collect();
    ids.sort_unstable();
    let mut fingerprint = Fingerprint::default();
    for id in ids {
        fingerprint.add(id.as_bytes());
    }
    fingerprint.digits()
}

/// `2/8`, counted from `first`.
fn fraction(text: &str, fraction: &str, first: u32) -> Result<Shard, UsageError> {
    let (index, count) = fraction.split_once('/').ok_or_else(|| unknown(text))?;
    shard(number(text, index)?, first, number(text, count)?, &format!("`--shard {text}`"), "")
}

/// The shard `index` of `count`, counted from `first`; `origin` is where the index comes from, and `advice` how to correct it.
fn shard(index: u32, first: u32, count: u32, origin: &str, advice: &str) -> Result<Shard, UsageError> {
    let position = index.checked_sub(first).filter(|position| *position < count);
    let Some(position) = position else {
        return Err(UsageError(match count {
            0 => format!("{origin} splits the class into 0 shards"),
            _ => format!(
                "{origin} names shard {index}, but the {count} shards are numbered from {first} to {}{advice}",
                first + (count - 1)
            ),
        }));
    };
    Ok(Shard { index: position + 1, count })
}

fn number(text: &str, part: &str) -> Result<u32, UsageError> {
    digits(part).ok_or_else(|| unknown(text))
}

/// A number without sign or spaces.
fn digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn unknown(text: &str) -> UsageError {
    UsageError(format!("invalid value `--shard {text}`; it must be {FORMS}"))
}

/// The environment variables.
struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    fn number(&self, name: &str) -> Result<u32, UsageError> {
        let value = (self.variable)(name).ok_or_else(|| {
            UsageError(format!(
                "the variable {name} is not set; does this job run on the service that `--shard` names?"
            ))
        })?;
        digits(&value).ok_or_else(|| UsageError(format!("the variable {name} is `{value}`, which is not a number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The index and the count, or the error's words.
    fn parsed(text: &str, variables: &[(&str, &str)]) -> Result<(u32, u32), String> {
        let find =
            |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        parse(text, find).map(|shard| (shard.index, shard.count)).map_err(|error| error.to_string())
    }

    /// The third of two hundred failed and runs again, alone.
    const THIRD_AGAIN: [(&str, &str); 5] = [
        ("SLURM_ARRAY_TASK_ID", "3"),
        ("SLURM_ARRAY_TASK_MIN", "3"),
        ("SLURM_ARRAY_TASK_MAX", "3"),
        ("SLURM_ARRAY_TASK_STEP", "1"),
        ("SLURM_ARRAY_TASK_COUNT", "1"),
    ];

    #[test]
    fn every_engine_counts_in_its_own_way() {
        assert_eq!(parsed("2/8", &[]), Ok((2, 8)));
        assert_eq!(parsed("8/8", &[]), Ok((8, 8)));
        assert_eq!(parsed("github:0/8", &[]), Ok((1, 8)));
        assert_eq!(parsed("github:7/8", &[]), Ok((8, 8)));
        assert_eq!(parsed("gitlab", &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3")]), Ok((1, 3)));
        assert_eq!(parsed("kubernetes:8", &[("JOB_COMPLETION_INDEX", "7")]), Ok((8, 8)));
        assert_eq!(parsed("parallel:8", &[("PARALLEL_SEQ", "8")]), Ok((8, 8)));
        assert_eq!(parsed("slurm:8", &[("SLURM_ARRAY_TASK_ID", "8")]), Ok((8, 8)));
    }

    #[test]
    fn a_shard_that_runs_again_alone_is_still_one_of_all() {
        assert_eq!(parsed("slurm:200", &THIRD_AGAIN), Ok((3, 200)));
        assert_eq!(
            parsed("slurm", &THIRD_AGAIN).unwrap_err(),
            "`--shard slurm` does not say how many shards the class has; write `--shard slurm:200`"
        );
    }

    #[test]
    fn no_engine_is_trusted_to_know_the_number_of_shards() {
        for (text, form) in [
            ("slurm", "slurm:200"),
            ("kubernetes", "kubernetes:200"),
            ("parallel", "parallel:200"),
            ("github", "github:${{ strategy.job-index }}/${{ strategy.job-total }}"),
        ] {
            let problem = parsed(text, &THIRD_AGAIN).unwrap_err();
            assert!(problem.ends_with(&format!("; write `--shard {form}`")), "{problem}");
        }
    }

    #[test]
    fn an_id_outside_of_the_array_is_an_error_that_names_the_array() {
        for id in ["0", "201"] {
            assert_eq!(
                parsed("slurm:200", &[("SLURM_ARRAY_TASK_ID", id)]).unwrap_err(),
                format!(
                    "SLURM_ARRAY_TASK_ID names shard {id}, but the 200 shards are numbered from 1 to 200; \
                     submit them with `sbatch --array=1-200`"
                )
            );
        }
        let beyond = parsed("kubernetes:8", &[("JOB_COMPLETION_INDEX", "8")]).unwrap_err();
        assert!(beyond.ends_with("; set `completions: 8` in the job"), "{beyond}");
    }

    #[test]
    fn a_shard_that_does_not_exist_is_an_error() {
        for (text, why) in [
            ("0/8", "`--shard 0/8` names shard 0, but the 8 shards are numbered from 1 to 8"),
            ("9/8", "`--shard 9/8` names shard 9, but the 8 shards are numbered from 1 to 8"),
            ("github:8/8", "`--shard github:8/8` names shard 8, but the 8 shards are numbered from 0 to 7"),
            ("1/0", "`--shard 1/0` splits the class into 0 shards"),
        ] {
            assert_eq!(parsed(text, &[]).unwrap_err(), why);
        }
        let beyond = parsed("parallel:2", &[("PARALLEL_SEQ", "3")]).unwrap_err();
        assert_eq!(
            beyond,
            "PARALLEL_SEQ names shard 3, but the 2 shards are numbered from 1 to 2; call it with 2 arguments"
        );
        assert!(parsed("kubernetes:2", &[("JOB_COMPLETION_INDEX", "2")]).is_err());
        assert!(parsed("gitlab", &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")]).is_err());
        assert_eq!(parsed(&format!("{0}/{0}", u32::MAX), &[]), Ok((u32::MAX, u32::MAX)));
    }

    #[test]
    fn an_invalid_shard_is_an_error_that_lists_the_forms() {
        for text in [
            "",
            "2",
            "a/8",
            "1/8/9",
            "-1/8",
            "+1/8",
            "1 / 8",
            "github:3",
            "gitlab:8",
            "slurm:",
            "slurm:1-8",
            "slurm:3/8",
            "kubernetes:all",
            "azure:1/8",
            "1/99999999999",
        ] {
            let problem = parsed(text, &[("JOB_COMPLETION_INDEX", "0")]).unwrap_err();
            assert_eq!(problem, format!("invalid value `--shard {text}`; it must be {FORMS}"));
        }
    }

    #[test]
    fn variables_that_are_missing_or_no_numbers_are_named() {
        assert!(parsed("gitlab", &[]).unwrap_err().starts_with("the variable CI_NODE_INDEX is not set"));
        assert!(parsed("gitlab", &[("CI_NODE_INDEX", "1")]).unwrap_err().contains("CI_NODE_TOTAL is not set"));
        assert!(parsed("slurm:8", &[]).unwrap_err().contains("SLURM_ARRAY_TASK_ID is not set"));
        assert!(parsed("kubernetes:8", &[]).unwrap_err().contains("JOB_COMPLETION_INDEX is not set"));
        for garbled in ["", "x", "-1", " 1"] {
            let problem = parsed("parallel:8", &[("PARALLEL_SEQ", garbled)]).unwrap_err();
            assert_eq!(problem, format!("the variable PARALLEL_SEQ is `{garbled}`, which is not a number"));
        }
    }

    #[test]
    fn every_submission_belongs_to_one_part_and_no_part_is_left_out() {
        let ids: Vec<String> = (0..200).map(|number| format!("learner-{number}")).collect();
        let mut sizes = [0; 8];
        for id in &ids {
            let holders: Vec<u32> = (1..=8).filter(|index| holds(Shard { index: *index, count: 8 }, id)).collect();
            assert_eq!(holders.len(), 1, "{id}");
            sizes[holders[0] as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|size| (10..=40).contains(size)), "{sizes:?}");
    }

    #[test]
    fn a_submissions_part_stays_the_same_in_every_release() {
        let part = |id: &str| (1..=8).find(|index| holds(Shard { index: *index, count: 8 }, id)).unwrap();
        assert_eq!(["anna", "ben", "Zoë"].map(part), [4, 8, 1]);
        assert!(class_fingerprint(["anna", "ben"]).starts_with("a521a173e7dff423"));
    }

    #[test]
    fn the_fingerprint_of_a_class_knows_no_order() {
        assert_eq!(class_fingerprint(["ben", "anna"]), class_fingerprint(["anna", "ben"]));
        assert_ne!(class_fingerprint(["anna"]), class_fingerprint(["anna", "ben"]));
        assert_ne!(class_fingerprint(["annaben"]), class_fingerprint(["anna", "ben"]));
    }
}
