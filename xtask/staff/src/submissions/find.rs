//! Finds the submissions below the paths that the teacher gave.

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

/// What is below the paths.
#[derive(Debug, Default)]
pub struct SubmissionList {
    /// In the order of ids.
    pub sources: Vec<FoundSubmission>,
    /// What lies among the submissions and is none: `anna.rar`, for instance.
    pub ignored: Vec<PathBuf>,
    /// What the teacher should know, a sentence each.
    pub notes: Vec<String>,
}

/// Every submission below the paths, and every learner of the roster. Of an id that occurs twice no one knows which one counts:
/// both are set aside, and both are named.
///
/// A path is a submission itself, or a folder of submissions: folders and archives, one a learner.
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
    /// Takes out the grader's own folders: where its reports go, where its results are kept.
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
                .map(|source| format!("{} is not graded: this run writes there", source.place.shown())),
        );
    }

    /// Makes one refused submission of all that have the same id, where nobody knows which one counts.
    fn set_duplicates_aside(&mut self) {
        let mut sources: Vec<FoundSubmission> = Vec::new();
        for group in self.sources.chunk_by(|one, other| one.id == other.id) {
            let [source] = group else {
                let places: Vec<String> = group.iter().map(|source| source.place.shown()).collect();
                self.notes.push(format!(
                    "{} submissions are called `{}`, and none of them is graded: {}. Rename or remove all but one",
                    group.len(),
                    group[0].id,
                    places.join(" and ")
                ));
                let ends: Vec<String> = group.iter().map(FoundSubmission::written).collect();
                let why = format!(
                    "{} submissions have the same name: {}. Which one counts is not known, so none of them is graded",
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
    /// How its place is called, without where it is.
    fn written(&self) -> String {
        match &self.place {
            SubmissionPath::Archive(path, _) => {
                format!("the archive `{}`", escape_os(path.file_name().unwrap_or_default()))
            }
            _ => format!("the folder `{}`", self.id),
        }
    }

    /// What has this name and may be a submission.
    fn at(name: &str, path: &Path) -> Option<Self> {
        let archive = ArchiveKind::split(name);
        let stem = archive.map_or(name, |(stem, _)| stem);
        let refused = |why: String| (stem, SubmissionPath::Rejected(path.to_owned(), format!("the submission {why}")));
        let (id, place) = match fs::symlink_metadata(path) {
            Err(error) => refused(open::unreadable(&error)),
            Ok(metadata) if metadata.is_symlink() => refused(open::LINK.to_owned()),
            Ok(metadata) if metadata.is_dir() => (name, SubmissionPath::in_folder(path)),
            Ok(_) => archive.map(|(stem, kind)| (stem, SubmissionPath::Archive(path.to_owned(), kind)))?,
        };
        // A name that is not Unicode has been escaped already.
        let is_text = path.file_name().is_none_or(|name| name.to_str().is_some());
        let escaped = if is_text { escape(id) } else { id.to_owned() };
        Some(Self { id: names::id(&escaped).into_owned(), learner: BTreeMap::new(), place })
    }
}

impl SubmissionPath {
    /// A learner's folder. Moodle makes one for each learner, with what was uploaded in it: usually an archive.
    fn in_folder(folder: &Path) -> Self {
        // A folder that cannot be read is told when the submission is read.
        let entries = entries(folder).unwrap_or_default();
        let seen = entries.into_iter().filter(|(name, _)| !name.starts_with('.'));
        let mut archives: Vec<(PathBuf, ArchiveKind)> =
            seen.filter_map(|(name, path)| Some((path, ArchiveKind::split(&name)?.1))).collect();
        if archives.is_empty() || folder::holds_quests(folder, DEEPEST_WRAPPING) {
            return Self::Folder(folder.to_owned());
        }
        if archives.len() > 1 {
            let why = format!(
                "the submission holds {} archives and no quest; only one archive can be graded",
                archives.len()
            );
            return Self::Rejected(folder.to_owned(), why);
        }
        let (path, kind) = archives.remove(0);
        Self::Archive(path, kind)
    }
}

/// The last name of the path. `.` has none, but the folder that it stands for has one.
fn name(path: &Path) -> String {
    let real = fs::canonicalize(path).ok().filter(|_| path.file_name().is_none());
    let path = real.as_deref().unwrap_or(path);
    as_text(path.file_name().unwrap_or(path.as_os_str()))
}

/// A name as text. One that is no Unicode is told by its bytes, so that it is no other's.
fn as_text(name: &OsStr) -> String {
    name.to_str().map_or_else(|| escape_os(name), str::to_owned)
}

/// Whether the folder `path`, called `name`, is a submission and not a folder of them.
///
/// A single folder in it may be a learner's, or only be wrapped around the quests. Who unpacks archives gives such a folder
/// the name of the one around it.
fn is_submission(name: &str, path: &Path) -> anyhow::Result<bool> {
    if folder::holds_quests(path, 0) {
        return Ok(true);
    }
    let inner: Vec<String> =
        entries(path)?.into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('.')).collect();
    Ok(inner == [name] && folder::holds_quests(&path.join(name), 0))
}

/// What is in a folder of submissions: names and paths, without what nobody takes for a submission.
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

/// What nobody takes for a submission, and nobody needs to be told of.
fn is_no_news(name: &str) -> bool {
    matches!(name, ".DS_Store" | ".localized" | "__MACOSX" | ".git") || name.eq_ignore_ascii_case("roster.csv")
}

/// Why a folder or a file among the submissions is none, if so: a learner may have handed it in all the same.
fn no_submission(name: &str, path: &Path) -> Option<&'static str> {
    let has_reports =
        path.join(SEED).is_file() || (path.join("grades.json").is_file() && path.join("feedback").is_dir());
    if has_reports && !folder::holds_quests(path, DEEPEST_WRAPPING) {
        return Some("it holds reports of this grader");
    }
    name.starts_with('.').then_some("its name begins with a dot, so that it is hidden. Rename it if it is a submission")
}

/// The file in a folder of reports that holds their seed, and by which such a folder is known.
pub const SEED: &str = ".seed";

fn not_read(path: &Path) -> String {
    format!("{} is no submission: these are folders, {}", display_path(path), ArchiveKind::KNOWN)
}

fn nothing(paths: &[PathBuf], ignored: &[PathBuf]) -> UsageError {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let but = ignored.first().map(|path| format!("; {}", not_read(path))).unwrap_or_default();
    UsageError(format!("there is no submission in {}{but}", shown.join(", ")))
}

#[cfg(test)]
mod tests;
