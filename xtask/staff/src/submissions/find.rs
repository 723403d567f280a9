//! Finds the submissions in the paths on the command line.

use super::archive::ArchiveKind;
use super::layout::DEEPEST_WRAPPING;
use super::roster::Roster;
use super::source::{FoundSubmission, SubmissionPath};
use super::{folder, names, open};
use crate::text::escape::{display_path, escape, escape_os};
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::exit::UsageError;

/// The submissions in the paths.
#[derive(Debug, Default)]
pub struct SubmissionList {
    /// Sorted by id.
    pub sources: Vec<FoundSubmission>,
    /// Files among the submissions that are none: `anna.rar`, for instance.
    pub ignored: Vec<PathBuf>,
    /// Notes for the teacher, a sentence each.
    pub notes: Vec<String>,
}

/// Finds every submission in the paths, and every learner of the roster. If two submissions have the same id, neither is graded, since
/// nobody knows which one counts; a note names both.
///
/// A path is a submission, or a folder of submissions: a folder or an archive for each learner.
pub fn find(paths: &[PathBuf], roster: Option<&Roster>) -> anyhow::Result<SubmissionList> {
    let mut found = SubmissionList::default();
    for path in paths {
        found.add(path)?;
    }
    if found.sources.is_empty() {
        return Err(nothing(paths, &found.ignored).into());
    }
    found.sources.sort_by(|one, other| one.id.cmp(&other.id));
    found.set_duplicates_aside();
    found.notes.extend(found.ignored.iter().map(|path| not_read(path)));
    if let Some(roster) = roster {
        found.notes.extend(roster.introduce(&mut found.sources));
        found.sources.sort_by(|one, other| one.id.cmp(&other.id));
    }
    Ok(found)
}

impl SubmissionList {
    fn add(&mut self, path: &Path) -> anyhow::Result<()> {
        let metadata = fs::symlink_metadata(path)
            .map_err(|error| UsageError(format!("the submissions in {} cannot be read: {error}", path.display())))?;
        let name = name(path);
        if metadata.is_dir() && !is_submission(&name, path)? {
            for (name, path) in entries(path)? {
                if let Some(why) = no_submission(&name, &path) {
                    self.notes.push(format!("{} is not graded: {why}", display_path(&path)));
                    continue;
                }
                match FoundSubmission::at(&name, &path) {
                    Some(source) => self.sources.push(source),
                    None => self.ignored.push(path),
                }
            }
        } else {
            self.sources.push(FoundSubmission::at(&name, path).ok_or_else(|| UsageError(not_read(path)))?);
        }
        Ok(())
    }
}

impl SubmissionList {
    /// Removes the grader's own folders: those for its reports and its results.
    pub fn without(&mut self, own: &[&Path]) {
        let own: Vec<PathBuf> = own.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
        let is_own = |source: &FoundSubmission| match &source.place {
            SubmissionPath::Folder(path) => fs::canonicalize(path).is_ok_and(|path| own.contains(&path)),
            _ => false,
        };
        let (out, sources) = std::mem::take(&mut self.sources).into_iter().partition(is_own);
        self.sources = sources;
        self.notes.extend(
            Vec::<FoundSubmission>::into_iter(out)
                .map(|source| format!("{} is not graded: this run writes its files there", source.place.shown())),
        );
    }

    /// Merges submissions with the same id into one that is not graded.
    fn set_duplicates_aside(&mut self) {
        let mut sources: Vec<FoundSubmission> = Vec::new();
        for group in self.sources.chunk_by(|one, other| one.id == other.id) {
            let [source] = group else {
                let places: Vec<String> = group.iter().map(|source| source.place.shown()).collect();
                self.notes.push(format!(
                    "{} submissions are named `{}`, so none of them is graded: {}. Rename or remove all but one",
                    group.len(),
                    group[0].id,
                    places.join(" and ")
                ));
                let ends: Vec<String> = group.iter().map(FoundSubmission::written).collect();
                let why = format!(
                    "{} submissions have the same name, so none of them is graded: {}. Rename or remove all but one",
                    group.len(),
                    ends.join(" and ")
                );
                sources.push(FoundSubmission { place: SubmissionPath::Duplicates(why), ..group[0].clone() });
                continue;
            };
            sources.push(source.clone());
        }
        self.sources = sources;
    }
}

impl FoundSubmission {
    /// What it is, without its folder.
    fn written(&self) -> String {
        match &self.place {
            SubmissionPath::Archive(path, _) => {
                format!("the archive `{}`", escape_os(path.file_name().unwrap_or_default()))
            }
            _ => format!("the folder `{}`", self.id),
        }
    }

    /// The submission with this name, if it can be one.
    fn at(name: &str, path: &Path) -> Option<Self> {
        let archive = ArchiveKind::split(name);
        let stem = archive.map_or(name, |(stem, _)| stem);
        let refused = |why: String| (stem, SubmissionPath::Rejected(path.to_owned(), format!("the submission {why}")));
        let (id, place) = match fs::symlink_metadata(path) {
            Err(error) => refused(open::unreadable(&error)),
            Ok(metadata) if metadata.is_symlink() => refused(open::LINK.to_owned()),
            Ok(metadata) if metadata.is_dir() => (name, SubmissionPath::Folder(path.to_owned())),
            Ok(_) => archive.map(|(stem, kind)| (stem, SubmissionPath::Archive(path.to_owned(), kind)))?,
        };
        // A name that is not Unicode has been escaped already.
        let is_text = path.file_name().is_none_or(|name| name.to_str().is_some());
        let escaped = if is_text { escape(id) } else { id.to_owned() };
        Some(Self { id: names::id(&escaped).into_owned(), learner: BTreeMap::new(), place })
    }
}

/// The last name of the path; for `.`, the name of the folder.
fn name(path: &Path) -> String {
    let real = fs::canonicalize(path).ok().filter(|_| path.file_name().is_none());
    let path = real.as_deref().unwrap_or(path);
    as_text(path.file_name().unwrap_or(path.as_os_str()))
}

/// A name as text. One that is not Unicode is escaped, so that it stays unique.
fn as_text(name: &OsStr) -> String {
    name.to_str().map_or_else(|| escape_os(name), str::to_owned)
}

/// Whether the folder `path`, named `name`, is a submission, and not a folder of submissions.
///
/// A single folder in it is either a learner's, or a wrapper around the quests. A wrapper has the same name as its parent, since
/// that is how archives are unpacked.
fn is_submission(name: &str, path: &Path) -> anyhow::Result<bool> {
    if folder::holds_quests(path, 0) {
        return Ok(true);
    }
    let inner: Vec<String> =
        entries(path)?.into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('.')).collect();
    Ok(inner == [name] && folder::holds_quests(&path.join(name), 0))
}

/// The names and paths in a folder of submissions, without files that cannot be meant as one.
fn entries(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let unreadable = || format!("the submissions in {} cannot be read", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = as_text(&entry.file_name());
        if !is_no_news(&name) {
            entries.push((name, entry.path()));
        }
    }
    entries.sort();
    Ok(entries)
}

/// Whether a file cannot be meant as a submission, so that no note is needed.
fn is_no_news(name: &str) -> bool {
    matches!(name, ".DS_Store" | ".localized" | "__MACOSX" | ".git") || name.eq_ignore_ascii_case("roster.csv")
}

/// Why a folder or a file is not a submission, although it might be meant as one.
fn no_submission(name: &str, path: &Path) -> Option<&'static str> {
    let has_reports =
        path.join(SEED).is_file() || (path.join("grades.json").is_file() && path.join("feedback").is_dir());
    if has_reports && !folder::holds_quests(path, DEEPEST_WRAPPING) {
        return Some("it contains reports of this grader");
    }
    name.starts_with('.')
        .then_some("its name begins with a dot, so it is a hidden file. Rename it if it is a submission")
}

/// The file with the seed in a folder of reports. It also marks the folder as such.
pub const SEED: &str = ".seed";

fn not_read(path: &Path) -> String {
    format!("{} is not a submission: submissions are folders, {}", display_path(path), ArchiveKind::KNOWN)
}

fn nothing(paths: &[PathBuf], ignored: &[PathBuf]) -> UsageError {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let but = ignored.first().map(|path| format!("; {}", not_read(path))).unwrap_or_default();
    UsageError(format!("there is no submission in {}{but}", shown.join(", ")))
}

#[cfg(test)]
mod tests;
