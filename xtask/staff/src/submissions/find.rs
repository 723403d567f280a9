//! Finds the submissions in the paths on the command line.

use super::archive;
use super::containers::{self, Containers};
use super::layout::DEEPEST_WRAPPING;
use super::platforms::gradescope::METADATA;
use super::platforms::{PlatformName, classroom, download, gather};
use super::roster::Roster;
use super::source::{FoundSubmission, SubmissionPath};
use super::{folder, names, open};
use crate::policy;
use crate::text::escape::{display_path, escape, escape_os};
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
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
    /// Whether a path is one submission, so that this is not a class.
    pub is_single: bool,
    /// What no row of a roster belongs to, by id. Whoever handed it in looks absent. Empty without a roster.
    pub unmatched: BTreeSet<String>,
    /// Files with decisions about grades that lie among the submissions, where learners could have put them.
    pub policies: Vec<PathBuf>,
    /// The names of hidden files and folders that may be submissions, and are not graded.
    hidden: Vec<String>,
    /// Holds the files of submissions that a platform did not deliver as a folder or an archive for each.
    stage: Option<TempDir>,
    /// The number of folders in it.
    staged: usize,
}

/// How many folders may wrap a class.
const DEEPEST_CLASS: usize = 3;

/// Finds every submission in the paths, and every learner of the roster. If two submissions have the same id, neither is graded, since
/// nobody knows which one counts; a note names both.
///
/// A path is a submission, or a folder of submissions: a folder or an archive for each learner.
pub fn find(paths: &[PathBuf], rosters: impl IntoIterator<Item = Roster>) -> anyhow::Result<SubmissionList> {
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
    found.introduce(rosters);
    Ok(found)
}

impl SubmissionList {
    fn add(&mut self, path: &Path) -> anyhow::Result<()> {
        let metadata = fs::symlink_metadata(path)
            .map_err(|error| UsageError(format!("the submissions in {} cannot be read: {error}", path.display())))?;
        let name = name(path);
        if metadata.is_dir() && !is_submission(&name, path)? {
            self.add_folder(path, 0)
        } else if metadata.is_file() && download::is_download(path) {
            self.add_download(path)
        } else {
            let mut source = FoundSubmission::at(&name, path).ok_or_else(|| UsageError(not_read(path)))?;
            if let SubmissionPath::Archive(archive) = &source.place
                && let Some(why) = containers::why_a_class(archive)
            {
                source.place = SubmissionPath::Duplicates(why);
            }
            self.sources.push(source);
            self.is_single = true;
            Ok(())
        }
    }

    /// Adds the submissions in a folder of submissions.
    fn add_folder(&mut self, folder: &Path, depth: usize) -> anyhow::Result<()> {
        self.policies.extend(own::policy_in(folder));
        if self.add_if_export(folder)? {
            return Ok(());
        }
        let mut named: BTreeMap<String, Vec<(PlatformName, PathBuf)>> = BTreeMap::new();
        let mut others = Vec::new();
        for (name, path) in entries(folder)? {
            match PlatformName::parse(&name) {
                Some(parsed) => named.entry(parsed.key.clone()).or_default().push((parsed, path)),
                None => others.push((name, path)),
            }
        }
        if let ([(_, path)], true) = (&others[..], named.is_empty())
            && path.is_file()
            && download::is_download(path)
        {
            let why = "it looks like the archive of a class, and could be one learner's: to grade it as a class, name the \
                       archive itself on the command line";
            let source = FoundSubmission::at(&others[0].0, path);
            self.sources.extend(
                source.map(|source| FoundSubmission { place: SubmissionPath::Duplicates(why.to_owned()), ..source }),
            );
            return Ok(());
        }
        for parts in named.into_values() {
            self.add_named(&parts)?;
        }
        let containers = Containers::among(&others);
        for (name, path) in others {
            if let Some(why) = no_submission(&name, &path) {
                self.leave_out(&name, &path, why);
            } else if containers.hold_learners(&path) && depth < DEEPEST_CLASS {
                self.notes.push(format!(
                    "{} holds several learners, so each folder in it is a submission of its own",
                    display_path(&path)
                ));
                self.add_folder(&path, depth + 1)?;
            } else if let Some(why) = containers.why_undecided(&path) {
                let source = FoundSubmission::at(&name, &path);
                self.sources
                    .extend(source.map(|source| FoundSubmission { place: SubmissionPath::Duplicates(why), ..source }));
            } else {
                self.add_entry(folder, &name, path)?;
            }
        }
        Ok(())
    }

    /// Adds a folder or a file that no platform has named.
    fn add_entry(&mut self, folder: &Path, name: &str, path: PathBuf) -> anyhow::Result<()> {
        if let Some(mut source) = FoundSubmission::at(name, &path) {
            let user = classroom::username(folder, names::without_ending(name));
            source.learner.extend(user.map(|user| ("github_username".to_owned(), user.to_owned())));
            self.sources.push(source);
        } else if is_staffs(name) {
            self.ignored.push(path);
        } else {
            // Somebody may have handed it in, so it must not become a learner who handed in nothing.
            let is_rust = Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("rs"));
            let place = if is_rust {
                let stage = self.stage()?;
                match gather::bring(&path, &stage.join(name)) {
                    Ok(()) => SubmissionPath::Folder(stage),
                    Err(why) => SubmissionPath::Rejected(path, format!("`{}` {why}", escape(name))),
                }
            } else {
                let why = match archive::format(&path) {
                    Some(format) => format!("was not read: {}", format.what_to_do()),
                    None => format!("is neither a folder nor {}", archive::READABLE),
                };
                SubmissionPath::Rejected(path, format!("`{}` {why}", escape(name)))
            };
            self.sources.push(FoundSubmission {
                id: names::id(&escape(names::without_ending(name))).into_owned(),
                ..FoundSubmission::new(place)
            });
        }
        Ok(())
    }

    /// Adds the submissions in a platform's archive of a class.
    fn add_download(&mut self, path: &Path) -> anyhow::Result<()> {
        let folder = self.stage()?;
        download::unpack(path, &folder)?;
        let before = self.policies.len();
        self.add_folder(&folder, 0)?;
        for policy in &mut self.policies[before..] {
            *policy = path.join(policy.strip_prefix(&folder).unwrap_or(policy));
        }
        Ok(())
    }

    /// A new folder, which is removed with this list.
    fn stage(&mut self) -> anyhow::Result<PathBuf> {
        let stage = match &self.stage {
            Some(stage) => stage,
            None => self.stage.insert(tempfile::tempdir().context("could not create a temporary folder")?),
        };
        self.staged += 1;
        let folder = stage.path().join(self.staged.to_string());
        fs::create_dir(&folder).context("could not create a temporary folder")?;
        Ok(folder)
    }
}

impl SubmissionList {
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
            SubmissionPath::Archive(path) => {
                format!("the archive `{}`", escape_os(path.file_name().unwrap_or_default()))
            }
            _ => format!("the folder `{}`", self.id),
        }
    }

    /// The submission with this name, if it can be one.
    fn at(name: &str, path: &Path) -> Option<Self> {
        let refused = |why: String| {
            let id = names::without_archives_ending(name);
            (id, SubmissionPath::Rejected(path.to_owned(), format!("the submission {why}")))
        };
        let (id, place) = match fs::symlink_metadata(path) {
            Err(error) => refused(open::unreadable(&error)),
            Ok(metadata) if metadata.is_symlink() => refused(open::LINK.to_owned()),
            Ok(metadata) if metadata.is_dir() => (name, SubmissionPath::Folder(path.to_owned())),
            Ok(_) if archive::is_readable(path) => {
                (names::without_ending(name), SubmissionPath::Archive(path.to_owned()))
            }
            Ok(_) => return None,
        };
        // A name that is not Unicode has been escaped already.
        let is_text = path.file_name().is_none_or(|name| name.to_str().is_some());
        let escaped = if is_text { escape(id) } else { id.to_owned() };
        Some(Self { id: names::id(&escaped).into_owned(), ..Self::new(place) })
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
    let files = ["roster.csv", "classroom_roster.csv", policy::FILE, "thumbs.db", "desktop.ini"];
    matches!(name, ".DS_Store" | ".localized" | "__MACOSX" | ".git" | METADATA)
        || files.iter().any(|file| name.eq_ignore_ascii_case(file))
}

/// Whether a file is one that teachers keep beside submissions, and no learner hands in.
fn is_staffs(name: &str) -> bool {
    let end = Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(end.as_str(), "csv" | "toml" | "md" | "xlsx" | "ods" | "yml" | "yaml" | "json" | "log" | "sh" | "lock")
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
    format!("{} is not a submission: submissions are folders, {}", display_path(path), archive::READABLE)
}

fn nothing(paths: &[PathBuf], ignored: &[PathBuf]) -> UsageError {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let but = ignored.first().map(|path| format!("; {}", not_read(path))).unwrap_or_default();
    UsageError(format!("there is no submission in {}{but}", shown.join(", ")))
}

mod delivered;
mod learners;
mod own;
#[cfg(test)]
mod tests;
