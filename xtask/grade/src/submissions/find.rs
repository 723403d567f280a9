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
    if found.sources.is_empty() {
        return Err(nothing(paths, &found.ignored).into());
    }
    found.sources.sort_by(|one, other| one.id.cmp(&other.id));
    for pair in found.sources.windows(2) {
        if let [one, other] = pair
            && one.id == other.id
        {
            return Err(twice(one, other).into());
        }
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
        let refused = |why: String| (stem, Place::Refused(path.to_owned(), format!("the submission {why}")));
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
            let why = format!(
                "the submission holds {} archives and no quest; only one archive can be graded",
                archives.len()
            );
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

#[cfg(test)]
mod tests {
    use super::super::archive::tests::zip;
    use super::super::tests::Folder;
    use super::*;

    fn ids(found: &Found) -> Vec<&str> {
        found.sources.iter().map(|source| source.id.as_str()).collect()
    }

    fn found(paths: &[PathBuf]) -> Found {
        find(paths, None).unwrap()
    }

    fn problem(paths: &[PathBuf]) -> String {
        let error = find(paths, None).unwrap_err();
        assert!(error.is::<UsageError>(), "{error}");
        error.to_string()
    }

    #[test]
    fn a_folder_of_submissions_holds_one_a_learner_in_the_order_of_ids() {
        let folder = Folder::new("class");
        folder.file("dora/quest-03-queue/src/learner.rs", "dora");
        folder.file("anna.zip", zip(&[("quest-03-queue.rs", b"anna")]));
        folder.file("Carl.TAR.GZ", "");
        folder.file("ben.v1.tgz", "");
        folder.folder("emil.zip");
        assert_eq!(ids(&found(&[folder.path()])), ["Carl", "anna", "ben.v1", "dora", "emil.zip"]);
    }

    #[test]
    fn what_is_no_submission_is_ignored_and_what_may_be_one_is_told() {
        let folder = Folder::new("ignored");
        for name in [".DS_Store", "roster.csv", "__MACOSX/anna/quest-03-queue.rs", ".git/x", "anna/quest-03-queue.rs"] {
            folder.file(name, "");
        }
        folder.file("ben.rar", "");
        let found = found(&[folder.path()]);
        assert_eq!(ids(&found), ["anna"]);
        assert_eq!(found.ignored, [folder.path().join("ben.rar")]);
        let notes = found.notes.join("\n");
        assert!(notes.contains("ben.rar is no submission: these are folders, `.zip`"), "{notes}");
    }

    #[test]
    fn a_path_may_be_one_submission() {
        let folder = Folder::new("single");
        folder.file("anna/quest-03-queue/src/learner.rs", "");
        folder.file("ben/ben/quest_03_queue.rs", "");
        folder.file("carl.zip", zip(&[]));
        for name in ["anna", "ben", "carl"] {
            let path = folder.path().join(if name == "carl" { "carl.zip" } else { name });
            let found = found(std::slice::from_ref(&path));
            assert_eq!(ids(&found), [name]);
            assert_eq!(found.sources[0].place.shown(), path.display().to_string());
        }
        // Whoever stands in the folder writes `.` or `..`.
        assert_eq!(ids(&found(&[folder.path().join("anna/quest-03-queue/..")])), ["anna"]);
    }

    #[test]
    fn a_single_folder_inside_a_path_is_a_learners_unless_it_only_repeats_the_name() {
        let folder = Folder::new("one");
        folder.file("class/anna/quest-03-queue/src/learner.rs", "");
        assert_eq!(ids(&found(&[folder.path().join("class")])), ["anna"]);
        // Anna has the name of the class, and is not alone in it.
        folder.file("class/class/quest-03-queue/src/learner.rs", "");
        assert_eq!(ids(&found(&[folder.path().join("class")])), ["anna", "class"]);
    }

    #[test]
    fn a_folder_with_nothing_but_an_archive_stands_for_it() {
        let folder = Folder::new("moodle");
        let moodle = "Anna M\u{fc}ller_17_assignsubmission_file";
        folder.file(&format!("{moodle}/homework.zip"), zip(&[("quest-03-queue.rs", b"anna")]));
        folder.file("ben/a.zip", "");
        folder.file("ben/b.tgz", "");
        folder.file("carl/old.zip", "");
        folder.file("carl/deep/quest-03-queue/src/learner.rs", "carl");
        let found = found(&[folder.path()]);
        assert_eq!(ids(&found), [moodle, "ben", "carl"]);
        let read = |index: usize| found.sources[index].read(&[(3, "quest-03-queue".to_owned())]).files;
        assert_eq!(read(0).unwrap()[&3], b"anna");
        assert!(read(1).unwrap_err().contains("2 archives"));
        assert_eq!(read(2).unwrap()[&3], b"carl");
    }

    #[test]
    fn one_id_twice_is_an_error_that_names_both() {
        let folder = Folder::new("twice");
        folder.file("a/anna/quest-03-queue.rs", "");
        folder.file("b/anna.zip", "");
        let problem = problem(&[folder.path().join("a"), folder.path().join("b")]);
        assert!(problem.contains("two submissions are called `anna`"), "{problem}");
        for path in ["a", "b"] {
            assert!(problem.contains(&folder.path().join(path).display().to_string()), "{problem}");
        }
    }

    #[test]
    fn paths_without_a_submission_are_the_teachers_error() {
        let folder = Folder::new("none");
        assert!(problem(&[folder.path().join("nowhere")]).contains("nowhere cannot be read"));
        assert!(problem(&[folder.path()]).starts_with("there is no submission in "));
        folder.file("anna.rar", "");
        assert!(problem(&[folder.path()]).contains("anna.rar is no submission"));
        assert!(problem(&[folder.path().join("anna.rar")]).contains("anna.rar is no submission"));
    }

    #[test]
    fn the_rosters_learners_are_all_there_in_order() {
        let folder = Folder::new("roster");
        folder.file("ben/quest-03-queue.rs", "");
        folder.file("roster.csv", "submission,name\nben,Ben\nanna,Anna\n");
        let roster = Roster::read(&folder.path().join("roster.csv")).unwrap();
        let found = find(&[folder.path()], Some(&roster)).unwrap();
        assert_eq!(ids(&found), ["anna", "ben"]);
        assert_eq!(found.sources[1].learner["name"], "Ben");
        assert_eq!(found.sources[0].read(&[]).files.unwrap(), super::super::Files::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_submission_that_is_a_link_is_refused() {
        let folder = Folder::new("linked");
        folder.file("elsewhere/quest-03-queue.rs", "");
        folder.folder("class");
        std::os::unix::fs::symlink("../elsewhere", folder.path().join("class/anna")).unwrap();
        std::os::unix::fs::symlink("../nowhere", folder.path().join("class/ben.zip")).unwrap();
        for paths in [
            vec![folder.path().join("class")],
            vec![folder.path().join("class/anna"), folder.path().join("class/ben.zip")],
        ] {
            let found = found(&paths);
            assert_eq!(ids(&found), ["anna", "ben"]);
            for source in &found.sources {
                assert!(source.read(&[]).files.unwrap_err().starts_with("the submission is a link"));
            }
        }
    }
}
