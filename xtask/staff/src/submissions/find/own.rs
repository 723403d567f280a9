//! What lies among the submissions and is none: the grader's own folders, a teacher's decisions, and what is hidden.

use super::{SubmissionList, entries, no_submission};
use crate::policy;
use crate::submissions::archive;
use crate::submissions::folder;
use crate::submissions::layout::ends_with;
use crate::submissions::source::{FoundSubmission, SubmissionPath};
use crate::text::escape::{display_path, escape};
use std::fs;
use std::path::{self, Path, PathBuf};

impl SubmissionList {
    /// Removes the folders that this run writes into, such as those for its reports and its results, and folders that
    /// only hold them.
    pub fn without(&mut self, own: &[&Path]) {
        let own: Vec<PathBuf> = own.iter().map(|path| real(path)).collect();
        let is_ours = |source: &FoundSubmission| match &source.place {
            SubmissionPath::Folder(path) => fs::canonicalize(path).is_ok_and(|path| is_own(&path, &own)),
            _ => false,
        };
        let (out, sources) = std::mem::take(&mut self.sources).into_iter().partition(is_ours);
        self.sources = sources;
        self.notes.extend(
            Vec::<FoundSubmission>::into_iter(out)
                .map(|source| format!("{} is not graded: it holds files of this run", source.place.shown())),
        );
    }

    /// Notes what is not graded, and why.
    pub(super) fn leave_out(&mut self, name: &str, path: &Path, why: &str) {
        self.notes.push(format!("{} is not graded: {why}", display_path(path)));
        let may_be_work = if path.is_dir() {
            folder::read(path).map_or(true, |contents| !contents.sources.is_empty() || !contents.unread.is_empty())
        } else {
            path.is_file() && (archive::format(path).is_some() || ends_with(name, ".rs"))
        };
        if may_be_work {
            self.hidden.push(escape(name));
        }
    }
}

/// Whether a folder is one of this run's own, or holds one and nothing else but reports of other runs.
fn is_own(folder: &Path, own: &[PathBuf]) -> bool {
    let leads_to_own = |path: &Path| own.iter().any(|own| own.starts_with(path));
    let is_no_learners = |(name, path): &(String, PathBuf)| {
        leads_to_own(path) || no_submission(name, path).is_some_and(|_| path.is_dir())
    };
    let holds_nothing_else = || entries(folder).is_ok_and(|entries| entries.iter().all(is_no_learners));
    own.iter().any(|own| own == folder) || (leads_to_own(folder) && holds_nothing_else())
}

/// The absolute path of a folder that need not be there yet.
fn real(path: &Path) -> PathBuf {
    let absolute = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below = |folder: &Path| Some(fs::canonicalize(folder).ok()?.join(absolute.strip_prefix(folder).ok()?));
    absolute.ancestors().find_map(below).unwrap_or_else(|| absolute.clone())
}

/// The file with decisions in a folder of submissions.
pub fn policy_in(folder: &Path) -> Option<PathBuf> {
    let mut paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.find(|path| path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(policy::FILE)))
}
