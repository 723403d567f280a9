//! Finds the submissions below the paths that the teacher gave.

use super::archive::Kind;
use super::layout::DEEPEST_WRAPPING;
use super::{Place, Roster, Source, folder, open};
use crate::told::{visible, visible_name, visible_path};
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::ffi::OsStr;
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

/// Every submission below the paths, and every learner of the roster. Of an id that occurs twice no one knows which one counts:
/// both are set aside, and both are named.
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
    found.set_twins_aside();
    found.notes.extend(found.ignored.iter().map(|path| not_read(path)));
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
                if let Some(why) = no_submission(&name, &path) {
                    self.notes.push(format!("{} is not graded: {why}", visible_path(&path)));
                    continue;
                }
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

impl Found {
    /// Takes out the grader's own folders: where its reports go, where its results are kept.
    pub fn without(&mut self, own: &[&Path]) {
        let own: Vec<PathBuf> = own.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
        let is_own = |source: &Source| match &source.place {
            Place::Folder(path) => fs::canonicalize(path).is_ok_and(|path| own.contains(&path)),
            _ => false,
        };
        let (out, sources) = std::mem::take(&mut self.sources).into_iter().partition(is_own);
        self.sources = sources;
        self.notes.extend(
            Vec::<Source>::into_iter(out)
                .map(|source| format!("{} is not graded: this run writes there", source.place.shown())),
        );
    }

    /// Makes one refused submission of all that have the same id, where nobody knows which one counts.
    fn set_twins_aside(&mut self) {
        let mut sources: Vec<Source> = Vec::new();
        for group in self.sources.chunk_by(|one, other| one.id == other.id) {
            let [source] = group else {
                let places: Vec<String> = group.iter().map(|source| source.place.shown()).collect();
                self.notes.push(format!(
                    "{} submissions are called `{}`, and none of them is graded: {}. Rename or remove all but one",
                    group.len(),
                    group[0].id,
                    places.join(" and ")
                ));
                let ends: Vec<String> = group.iter().map(Source::written).collect();
                let why = format!(
                    "{} submissions have the same name: {}. Which one counts is not known, so none of them is graded",
                    group.len(),
                    ends.join(" and ")
                );
                sources.push(Source { place: Place::Twins(why), ..group[0].clone() });
                continue;
            };
            sources.push(source.clone());
        }
        self.sources = sources;
    }
}

impl Source {
    /// How its place is called, without where it is.
    fn written(&self) -> String {
        match &self.place {
            Place::Archive(path, _) => format!("the archive `{}`", visible_name(path.file_name().unwrap_or_default())),
            _ => format!("the folder `{}`", self.id),
        }
    }

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
        // The name of what is no Unicode is escaped already.
        let is_text = path.file_name().is_none_or(|name| name.to_str().is_some());
        Some(Self { id: if is_text { visible(id) } else { id.to_owned() }, learner: BTreeMap::new(), place })
    }
}

impl Place {
    /// A learner's folder. Moodle makes one for each learner, with what was uploaded in it: usually an archive.
    fn in_folder(folder: &Path) -> Self {
        // A folder that cannot be read is told when the submission is read.
        let entries = entries(folder).unwrap_or_default();
        let seen = entries.into_iter().filter(|(name, _)| !name.starts_with('.'));
        let mut archives: Vec<(PathBuf, Kind)> =
            seen.filter_map(|(name, path)| Some((path, Kind::split(&name)?.1))).collect();
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
    as_text(path.file_name().unwrap_or(path.as_os_str()))
}

/// A name as text. One that is no Unicode is told by its bytes, so that it is no other's.
fn as_text(name: &OsStr) -> String {
    name.to_str().map_or_else(|| visible_name(name), str::to_owned)
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
    format!("{} is no submission: these are folders, {}", visible_path(path), Kind::KNOWN)
}

fn nothing(paths: &[PathBuf], ignored: &[PathBuf]) -> UsageError {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let but = ignored.first().map(|path| format!("; {}", not_read(path))).unwrap_or_default();
    UsageError(format!("there is no submission in {}{but}", shown.join(", ")))
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
    fn of_one_id_twice_none_is_graded_and_both_are_named_and_the_rest_is_graded() {
        let folder = Folder::new("twice");
        folder.file("a/anna/quest-03-queue.rs", "");
        folder.file("b/anna.zip", "");
        folder.file("b/ben/quest-03-queue.rs", "");
        let found = found(&[folder.path().join("a"), folder.path().join("b")]);
        assert_eq!(ids(&found), ["anna", "ben"]);
        let read = found.sources[0].read(&[]);
        assert!(read.undecided);
        let problem = read.files.unwrap_err();
        assert!(problem.contains("the folder `anna` and the archive `anna.zip`"), "{problem}");
        assert!(!found.sources[1].read(&[]).undecided);
        let notes = found.notes.join("\n");
        assert!(notes.contains("2 submissions are called `anna`"), "{notes}");
        for path in ["a", "b"] {
            assert!(notes.contains(&folder.path().join(path).display().to_string()), "{notes}");
        }
    }

    #[test]
    fn whatever_is_not_graded_is_named_with_the_reason() {
        let folder = Folder::new("hidden");
        folder.file("anna/quest-03-queue.rs", "");
        folder.file(".hidden/quest-03-queue.rs", "");
        folder.file(".../quest-03-queue.rs", "");
        folder.file(".zipped.zip", "");
        let found = found(&[folder.path()]);
        assert_eq!(ids(&found), ["anna"]);
        for name in [".hidden", "...", ".zipped.zip"] {
            let start = format!("{} is not graded: ", folder.path().join(name).display());
            assert!(found.notes.iter().any(|note| note.starts_with(&start)), "{name}: {:?}", found.notes);
        }
    }

    #[test]
    fn reports_among_the_submissions_are_no_learner() {
        let folder = Folder::new("reports");
        folder.file("anna/quest-03-queue.rs", "");
        folder.file("grades/.seed", "7");
        folder.file("shard-2/grades.json", "{}");
        folder.file("shard-2/feedback/anna.html", "");
        let found = found(&[folder.path()]);
        assert_eq!(ids(&found), ["anna"]);
        assert_eq!(found.notes.iter().filter(|note| note.ends_with("it holds reports of this grader")).count(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_reach_reports_and_terminals_escaped_and_stay_different() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = Folder::new("escaped");
        let names: [&[u8]; 6] = [b"a\x1b]0;x\x07", b"a\xff", b"a\xfe", b"a\\xff", b"a\n.rar", "a\u{202e}".as_bytes()];
        for name in names {
            fs::create_dir(folder.path().join(OsStr::from_bytes(name))).unwrap();
        }
        fs::write(folder.path().join("\u{1b}[2J.rar"), "").unwrap();
        let found = found(&[folder.path()]);
        let ids: std::collections::BTreeSet<&str> = ids(&found).into_iter().collect();
        assert_eq!(ids.len(), names.len());
        assert!(ids.contains("a\\u{1b}]0;x\\u{7}"), "{ids:?}");
        let told = ids.iter().copied().chain(found.notes.iter().map(String::as_str));
        assert!(told.flat_map(str::chars).all(|c| !c.is_control() && c != '\u{202e}'), "{found:?}");
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
