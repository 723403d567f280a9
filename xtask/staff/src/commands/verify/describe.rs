//! Describes verdicts for authors.

use xtask::engine::verdict::Verdict;

/// The verdict with the details that an author needs.
pub fn describe(verdict: &Verdict) -> String {
    let detail = match verdict {
        Verdict::Wrong { expected, seen } => format!("\nexpected:\n{expected}\nseen:\n{seen}"),
        Verdict::Panicked { panics, .. } | Verdict::NotStarted { panics } => {
            panics.iter().flat_map(|panic| ["\n", &panic.message, " at ", &panic.location]).collect()
        }
        Verdict::Deadlocked { report, .. } => format!("\n{report}"),
        Verdict::Ended { how } => format!("\n{how}"),
        _ => String::new(),
    };
    format!("{}{detail}", verdict.name())
}
