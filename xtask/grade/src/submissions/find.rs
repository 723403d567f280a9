//! Finds the submissions below the paths that the teacher gave.

use super::archive::Kind;
use super::layout::DEEPEST_WRAPPING;
use super::{Place, Roster, Source, folder, open};
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::exit::UsageError;

/// What is below the paths.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of ids.
    pub sources: Vec<Source>,
    /// What lies among the submissions and is none: `anna.rar`, for instance.
    pub ignored: Vec<PathBuf>,
    /// What the teacher should know, a sentence each.
    pub notes: Vec<String>,
}

/// Every submission below the paths, and every learner of the roster. An id that occurs twice is an error that names both.
///
/// A path is a submission itself, or a folder of submissions: folders and archives, one a learner.
pub fn find(paths: &[PathBuf], roster: Option<&Roster>) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for path in paths {
        found.add(path)?;
    }
    found.ignored.sort();
    if found.sources.is_empty() {
        return Err(nothing(paths, &found.ignored).into());
    }
    found.sources.sort_by(|one, other| one.id.cmp(&other.id));
    if let Some(pair) = found.sources.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(twice(&pair[0], &pair[1]).into());
    }
    found.notes = found.ignored.iter().map(|path| not_read(path)).collect();
    if let Some(roster) = roster {
        found.notes.extend(roster.introduce(&mut found.sources));
        found.sources.sort_by(|one, other| one.id.cmp(&other.id));
    }
    Ok(found)
}

impl Found {
    fn add(&mut self, path: &Path) -> anyhow::Result<()> {
        let metadata = fs::symlink_metadata(path)
            .map_err(|error| UsageError(format!("the submissions in {} cannot be read: {error}", path.display())))?;
        let name = name(path);
        if metadata.is_dir() && !is_submission(&name, path)? {
            for (name, path) in entries(path)? {
                match Source::at(&name, &path) {
                    Some(source) => self.sources.push(source),
                    None => self.ignored.push(path),
                }
            }
        } else {
            self.sources.push(Source::at(&name, path).ok_or_else(|| UsageError(not_read(path)))?);
        }
        Ok(())
    }
}

impl Source {
    /// What has this name and may be a submission.
    fn at(name: &str, path: &Path) -> Option<Self> {
        let archive = Kind::split(name);
        let stem = archive.map_or(name, |(stem, _)| stem);
        let refused = |why: String| (stem, Place::Refused(path.to_owned(), format!("it {why}")));
        let (id, place) = match fs::symlink_metadata(path) {
            Err(error) => refused(open::unreadable(&error)),
            Ok(metadata) if metadata.is_symlink() => refused(open::LINK.to_owned()),
            Ok(metadata) if metadata.is_dir() => (name, Place::in_folder(path)),
            Ok(_) => archive.map(|(stem, kind)| (stem, Place::Archive(path.to_owned(), kind)))?,
        };
        Some(Self { id: id.to_owned(), learner: BTreeMap::new(), place })
    }
}

impl Place {
    /// A learner's folder. Moodle makes one for each learner, with what was uploaded in it: usually an archive.
    fn in_folder(folder: &Path) -> Self {
        // A folder that cannot be read is told when the submission is read.
        let entries = entries(folder).unwrap_or_default();
        let mut archives: Vec<(PathBuf, Kind)> =
            entries.into_iter().filter_map(|(name, path)| Some((path, Kind::split(&name)?.1))).collect();
        if archives.is_empty() || folder::holds_quests(folder, DEEPEST_WRAPPING) {
            return Self::Folder(folder.to_owned());
        }
        if archives.len() > 1 {
            let why = format!("it holds {} archives and no quest; only one archive can be graded", archives.len());
            return Self::Refused(folder.to_owned(), why);
        }
        let (path, kind) = archives.remove(0);
        Self::Archive(path, kind)
    }
}

/// The last name of the path. `.` has none, but the folder that it stands for has one.
fn name(path: &Path) -> String {
    let real = fs::canonicalize(path).ok().filter(|_| path.file_name().is_none());
    let path = real.as_deref().unwrap_or(path);
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Whether the folder `path`, called `name`, is a submission and not a folder of them.
///
/// A single folder in it may be a learner's, or only be wrapped around the quests. Who unpacks archives gives such a folder
/// the name of the one around it.
fn is_submission(name: &str, path: &Path) -> anyhow::Result<bool> {
    if folder::holds_quests(path, 0) {
        return Ok(true);
    }
    let inner: Vec<String> = entries(path)?.into_iter().map(|(name, _)| name).collect();
    Ok(inner == [name] && folder::holds_quests(&path.join(name), 0))
}

/// What is in a folder of submissions: names and paths, without what nobody takes for a submission.
fn entries(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let unreadable = || format!("the submissions in {} cannot be read", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_no_news(&name) {
            entries.push((name, entry.path()));
        }
    }
    entries.sort();
    Ok(entries)
}

/// What nobody takes for a submission.
fn is_no_news(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name.eq_ignore_ascii_case("roster.csv")
}

fn not_read(path: &Path) -> String {
    format!("{} is no submission: these are folders, {}", path.display(), Kind::KNOWN)
}

fn nothing(paths: &[PathBuf], ignored: &[PathBuf]) -> UsageError {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let but = ignored.first().map(|path| format!("; {}", not_read(path))).unwrap_or_default();
    UsageError(format!("there is no submission in {}{but}", shown.join(", ")))
}

fn twice(one: &Source, other: &Source) -> UsageError {
    UsageError(format!(
        "two submissions are called `{}`: {} and {}. Rename one of them, or name only the folder that holds the learners' folders",
        one.id,
        one.place.shown(),
        other.place.shown()
    ))
}
