//! How much of a class can be graded at once in the memory that the machine or the container has.

use crate::building::BuildPlan;
use anyhow::ensure;
use xtask::engine::memory::{self, Room, mebibytes};

/// Bytes that one compiler needs, with what starts it and the grader itself: 203 MiB for the largest program of the course's own
/// solutions, measured with Rust 1.95, and some to spare.
const FOR_A_COMPILER: u64 = 256 << 20;

/// A plan for this machine, and what to tell about it.
#[derive(Debug, PartialEq, Eq)]
pub struct FittingPlan {
    /// Submissions at once.
    pub builders: usize,
    /// Compilers at once, for each.
    pub compilers: usize,
    pub notes: Vec<String>,
}

/// The plan for `submissions` at once with this many `processors`, or fewer of both if memory is short. An error if not even one
/// compiler fits.
pub fn fit(submissions: usize, processors: usize) -> anyhow::Result<FittingPlan> {
    let mut plan = fit_into(memory::room(), submissions, processors)?;
    if memory::ends_as_a_whole() {
        plan.notes.push(ENDS_AS_A_WHOLE.to_owned());
    }
    Ok(plan)
}

const ENDS_AS_A_WHOLE: &str = "When this container runs out of memory, the system ends everything in it, the grader too \
                               (`memory.oom.group`). Results so far are kept. To grade submissions that allocate all \
                               they can, switch that off, or give the container 5 GiB for each submission that is \
                               graded in parallel.";

fn fit_into(room: Option<Room>, submissions: usize, processors: usize) -> anyhow::Result<FittingPlan> {
    let unlimited =
        FittingPlan { builders: submissions, compilers: processors.div_ceil(submissions), notes: Vec::new() };
    let Some(room) = room else { return Ok(unlimited) };
    let left = mebibytes(room.available);
    ensure!(
        room.available >= FOR_A_COMPILER,
        "too little memory to grade: {left} MiB of {} MiB are left, and one compiler needs {} MiB. Nothing was graded. \
         Stop other programs, or give the container more memory",
        mebibytes(room.total),
        mebibytes(FOR_A_COMPILER)
    );
    let most = usize::try_from(room.available / FOR_A_COMPILER).unwrap_or(usize::MAX);
    let builders = submissions.min(most);
    let compilers = processors.div_ceil(builders).min((most / builders).max(1));
    let fewer = format!(
        "Memory is short: {left} MiB are left, and a compiler needs {} MiB. Submissions graded in parallel: {builders} \
         instead of {submissions}.",
        mebibytes(FOR_A_COMPILER)
    );
    Ok(FittingPlan { builders, compilers, notes: if builders < submissions { vec![fewer] } else { Vec::new() } })
}

impl FittingPlan {
    pub fn build_plan(&self, seed: u64, confined: bool) -> BuildPlan {
        BuildPlan { builders: self.builders, jobs: self.compilers, seed, confined }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(available: u64) -> Room {
        Room { total: 1024 << 20, available: available << 20 }
    }

    fn fitting(available: u64, submissions: usize, processors: usize) -> (usize, usize, usize) {
        let plan = fit_into(Some(room(available)), submissions, processors).unwrap();
        (plan.builders, plan.compilers, plan.notes.len())
    }

    #[test]
    fn as_many_as_asked_for_where_memory_suffices_or_nobody_knows() {
        assert_eq!(fitting(100_000, 8, 8), (8, 1, 0));
        assert_eq!(fitting(100_000, 1, 8), (1, 8, 0));
        let unknown = fit_into(None, 4, 8).unwrap();
        assert_eq!((unknown.builders, unknown.compilers), (4, 2));
    }

    #[test]
    fn fewer_submissions_and_compilers_where_memory_is_short() {
        assert_eq!(fitting(1000, 64, 64), (3, 1, 1));
        assert_eq!(fitting(1000, 1, 64), (1, 3, 0));
        assert_eq!(fitting(480, 2, 2), (1, 1, 1));
    }

    #[test]
    fn an_error_before_anything_is_graded_where_not_even_one_compiler_fits() {
        let error = fit_into(Some(room(255)), 1, 1).unwrap_err().to_string();
        assert!(error.contains("255 MiB of 1024 MiB are left, and one compiler needs 256 MiB"), "{error}");
    }
}
