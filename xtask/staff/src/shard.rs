//! Splits one class over several machines: which shard this machine grades, and which submissions belong to it.

use crate::fingerprint::{self, Fingerprint};
use crate::model::Shard;
use xtask::exit::UsageError;

/// The values of `--shard`, for messages.
pub const FORMS: &str = "`2/8`, `github:0/8`, `gitlab`, `slurm`, `kubernetes:8` or `parallel:8`";

/// Parses `--shard`. `variable` looks up the environment variables of the CI service or scheduler.
///
/// - `2/8`: the second of eight
/// - `github:0/8`: the first of eight, as `strategy.job-index` and `strategy.job-total` count
/// - `gitlab`: jobs with `parallel: 8`
/// - `slurm`: array jobs, with any first index and step
/// - `kubernetes:8`: indexed jobs
/// - `parallel:8`: GNU parallel, called with eight arguments
pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, UsageError> {
    let environment = Environment { variable: &variable };
    let (engine, rest) = text.split_once(':').map_or((text, None), |(engine, rest)| (engine, Some(rest)));
    match (engine, rest) {
        ("github", Some(rest)) => fraction(text, rest, 0),
        ("gitlab", None) => {
            let index = environment.number("CI_NODE_INDEX")?;
            shard(index, 1, environment.number("CI_NODE_TOTAL")?, "CI_NODE_INDEX")
        }
        ("slurm", None) => slurm(&environment),
        ("kubernetes", Some(count)) => {
            let name = "JOB_COMPLETION_INDEX";
            shard(environment.number(name)?, 0, number(text, count)?, name)
        }
        ("parallel", Some(count)) => {
            let name = "PARALLEL_SEQ";
            shard(environment.number(name)?, 1, number(text, count)?, name)
        }
        (_, None) => fraction(text, text, 1),
        _ => Err(unknown(text)),
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

/// Task ids may start anywhere and have a step: 10, 12, 14 are three shards.
fn slurm(environment: &Environment) -> Result<Shard, UsageError> {
    let id = environment.number("SLURM_ARRAY_TASK_ID")?;
    let first = environment.number("SLURM_ARRAY_TASK_MIN")?;
    let step = environment.number("SLURM_ARRAY_TASK_STEP")?;
    let count = environment.number("SLURM_ARRAY_TASK_COUNT")?;
    match id.checked_sub(first).map(|offset| (offset.checked_div(step), offset.checked_rem(step))) {
        Some((Some(index), Some(0))) if index < count => shard(index, 0, count, "SLURM_ARRAY_TASK_ID"),
        _ => Err(UsageError(format!(
            "SLURM_ARRAY_TASK_ID is `{id}`, which is not one of {count} ids from {first} in steps of {step}; \
             use an array without gaps, like `--array=1-8`"
        ))),
    }
}

/// `2/8`, counted from `first`.
fn fraction(text: &str, fraction: &str, first: u32) -> Result<Shard, UsageError> {
    let (index, count) = fraction.split_once('/').ok_or_else(|| unknown(text))?;
    shard(number(text, index)?, first, number(text, count)?, &format!("`--shard {text}`"))
}

/// The shard `index` of `count`, counted from `first`; `origin` is where the numbers come from.
fn shard(index: u32, first: u32, count: u32, origin: &str) -> Result<Shard, UsageError> {
    let position = index.checked_sub(first).filter(|position| *position < count);
    let Some(position) = position else {
        return Err(UsageError(match count {
            0 => format!("{origin} splits the class into 0 shards"),
            _ => format!(
                "{origin} names shard {index}, but the {count} shards are numbered from {first} to {}",
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

    fn slurm(id: &str, min: &str, step: &str, count: &str) -> Result<(u32, u32), String> {
        parsed(
            "slurm",
            &[
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_STEP", step),
                ("SLURM_ARRAY_TASK_COUNT", count),
            ],
        )
    }

    #[test]
    fn every_engine_counts_in_its_own_way() {
        assert_eq!(parsed("2/8", &[]), Ok((2, 8)));
        assert_eq!(parsed("8/8", &[]), Ok((8, 8)));
        assert_eq!(parsed("github:0/8", &[]), Ok((1, 8)));
        assert_eq!(parsed("github:7/8", &[]), Ok((8, 8)));
        assert_eq!(parsed("gitlab", &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3")]), Ok((1, 3)));
        assert_eq!(parsed("kubernetes:8", &[("JOB_COMPLETION_INDEX", "7")]), Ok((8, 8)));
        assert_eq!(parsed("parallel:8", &[("PARALLEL_SEQ", "8")]), Ok((8, 8)));
    }

    #[test]
    fn slurms_ids_begin_anywhere_and_have_a_step() {
        assert_eq!(slurm("1", "1", "1", "8"), Ok((1, 8)));
        assert_eq!(slurm("0", "0", "1", "8"), Ok((1, 8)));
        assert_eq!(slurm("10", "10", "2", "3"), Ok((1, 3)));
        assert_eq!(slurm("14", "10", "2", "3"), Ok((3, 3)));
        for (id, min, step, count) in [
            ("16", "10", "2", "3"),
            ("11", "10", "2", "3"),
            ("9", "10", "2", "3"),
            ("1", "1", "0", "3"),
            ("1", "1", "1", "0"),
        ] {
            let problem = slurm(id, min, step, count).unwrap_err();
            assert!(problem.starts_with(&format!("SLURM_ARRAY_TASK_ID is `{id}`")), "{problem}");
        }
        // `--array=1,3,7`
        assert!(slurm("7", "1", "1", "3").unwrap_err().contains("without gaps"));
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
        assert_eq!(beyond, "PARALLEL_SEQ names shard 3, but the 2 shards are numbered from 1 to 2");
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
            "github",
            "github:3",
            "gitlab:8",
            "slurm:8",
            "kubernetes",
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
        assert!(parsed("slurm", &[]).unwrap_err().contains("SLURM_ARRAY_TASK_ID is not set"));
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
