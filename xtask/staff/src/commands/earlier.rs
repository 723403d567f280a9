//! The reports of a larger class are not replaced by those of a part of it.

use crate::cli;
use serde_json::Value;
use staff::model::Shard;
use staff::pages::Pages;
use staff::submissions::{FoundSubmission, SubmissionPath};
use staff::text::escape::display_path;
use std::fs;
use std::path::PathBuf;
use xtask::exit::UsageError;

/// Checks before grading that the folder for reports does not hold those of a larger class, of which this is only a part.
///
/// A run over the same paths as an earlier one knows what it does: submissions may have been taken out.
pub fn check(
    reports: &cli::ReportArgs,
    sources: &[FoundSubmission],
    (paths, shard): (&[PathBuf], Shard),
) -> Result<(), UsageError> {
    if Pages::is_repeated(&reports.out, paths, shard) {
        return Ok(());
    }
    let Ok(content) = fs::read(reports.out.join("grades.json")) else { return Ok(()) };
    // A file that is not ours is replaced, as is one of another version.
    let Ok(value) = serde_json::from_slice::<Value>(&content) else { return Ok(()) };
    let submissions = value["submissions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let handed_in = submissions.iter().filter(|submission| submission["intake"] != "missing");
    let earlier: Vec<&str> = handed_in.filter_map(|submission| submission["id"].as_str()).collect();
    let now = sources.iter().filter(|source| source.place != SubmissionPath::Missing).count();
    let left_out = earlier.iter().filter(|id| !sources.iter().any(|source| source.id == **id)).count();
    if earlier.len() < 2 || now >= earlier.len() || left_out == 0 {
        return Ok(());
    }
    let out = display_path(&reports.out);
    Err(UsageError(format!(
        "{out} holds the reports of {} submissions, and {left_out} of them are not graded now. To keep those reports, write \
         elsewhere: `--out late`. To replace them, remove {out} first",
        earlier.len()
    )))
}
