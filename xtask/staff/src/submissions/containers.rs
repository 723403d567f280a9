//! Folders among the submissions that hold several learners: a section of the class, or a folder that was named one level too high.
//! Such a folder must never become one learner.

use super::contents::SourceFile;
use super::layout::{DEEPEST_WRAPPING, QuestPath, is_skipped, wrapping};
use super::platforms::{PlatformName, classroom, gradescope};
use super::source::shielded;
use super::{archive, folder, names};
use crate::text::escape::{escape, escape_os};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that hold more than one submission, or seem to.
#[derive(Debug, Default)]
pub struct Containers {
    certain: Vec<PathBuf>,
    /// With the reason.
    undecided: Vec<(PathBuf, String)>,
}

impl Containers {
    /// Those among the folders of a class. The class is in sections if no folder in it is a submission, and no two of their folders
    /// have the same name, as `week-1` would.
    pub fn among(entries: &[(String, PathBuf)]) -> Self {
        let mut containers = Self::default();
        let mut several: Vec<(&PathBuf, Vec<String>, bool)> = Vec::new();
        let mut delivered: Vec<&PathBuf> = Vec::new();
        let is_archive = |(_, path): &&(String, PathBuf)| path.is_file() && archive::is_readable(path);
        let mut submissions = entries.iter().filter(is_archive).count();
        for (name, path) in
            entries.iter().filter(|(name, path)| !is_skipped(name) && path.is_dir() && !path.is_symlink())
        {
            if is_delivered(path) {
                delivered.push(path);
                continue;
            }
            let parts = if folder::holds_quests(path, 0) { Vec::new() } else { inner_submissions(path) };
            match parts.len() {
                0 => submissions += 1,
                1 if parts[0].1.eq_ignore_ascii_case(name) || !holds_class(&path.join(&parts[0].1)) => submissions += 1,
                _ => {
                    let all = parts.iter().all(|(is_whole, _)| *is_whole);
                    several.push((path, parts.into_iter().map(|(_, name)| name).collect(), all));
                }
            }
        }
        // Beside submissions, it is one of them: a learner could have chosen the names in it.
        if submissions == 0 {
            containers.certain.extend(delivered.into_iter().cloned());
        }
        let mut names: Vec<&String> = several.iter().flat_map(|(_, names, _)| names).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        let is_in_sections = submissions == 0 && names.len() == count && !names.iter().any(|name| is_part(name));
        for (path, names, all) in &several {
            if is_in_sections && *all {
                containers.certain.push((*path).clone());
            } else {
                containers.undecided.push(((*path).clone(), undecided(path, names)));
            }
        }
        containers
    }

    /// Whether each folder in this one is certainly a submission.
    pub fn hold_learners(&self, path: &Path) -> bool {
        self.certain.iter().any(|other| other == path)
    }

    pub fn why_undecided(&self, path: &Path) -> Option<String> {
        self.undecided.iter().find(|(other, _)| other == path).map(|(_, why)| why.clone())
    }
}

/// Why an archive that was named alone may be a class that somebody zipped, and not one learner's work.
pub fn why_a_class(archive: &Path) -> Option<String> {
    let contents = shielded("", || archive::read(archive)).and_then(|contents| contents).ok()?;
    let mut holders: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in &contents.sources {
        holders.entry(holder(file)?).or_default().extend(work_in(file));
    }
    let mut seen = BTreeSet::new();
    let is_twice = !holders.values().flatten().all(|work| seen.insert(work));
    let name = |holder: &&str| holder.rsplit('/').next().unwrap_or(holder).to_owned();
    let names: Vec<String> = holders.keys().map(name).collect();
    let is_one_learners = names.iter().any(|name| is_part(names::without_ending(name)));
    (is_twice && !is_one_learners).then(|| {
        format!(
            "it contains work in several places: {}. If each is a learner's, unpack the archive, and grade the folder. If \
             all are one learner's, put the quests that count into one folder",
            named(&names)
        )
    })
}

/// What two files have in common if they are of one quest: its package, or its public items.
fn work_in(file: &SourceFile) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&file.content);
    let items = text.lines().filter_map(|line| {
        let words: Vec<&str> = line.strip_prefix("pub ")?.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let at = words.iter().position(|word| matches!(*word, "fn" | "struct" | "enum" | "trait"))?;
        words.get(at + 1).map(|name| (*name).to_owned())
    });
    items.chain(QuestPath::of(&file.path).map(|place| place.package)).collect()
}

/// The archive or the folder around the quests that holds a file.
fn holder(file: &SourceFile) -> Option<&str> {
    if !file.archive.is_empty() {
        return Some(&file.archive);
    }
    let parts: Vec<&str> = file.path.split('/').collect();
    let folders = match (wrapping(&file.path), &parts[..]) {
        (Some(wrapping), _) => wrapping,
        (None, [folders @ .., "src", name]) if is_learners(name) => folders.len(),
        (None, [folders @ .., name]) if is_learners(name) => folders.len(),
        _ => 0,
    };
    let length = parts[..folders].join("/").len();
    (length > 0).then(|| &file.path[..length])
}

fn is_learners(name: &str) -> bool {
    name.to_lowercase().starts_with("learner")
}

/// Whether a platform delivered this folder as a class.
fn is_delivered(folder: &Path) -> bool {
    let entries = visible(folder);
    let folders = entries.iter().filter(|(_, path)| path.is_dir()).map(|(name, _)| name.as_str());
    gradescope::is_export(folder)
        || entries.iter().any(|(name, _)| PlatformName::parse(name).is_some())
        || classroom::is_class(folder, folders)
}

/// The folders and archives in this one that hold quests, and whether nothing else beside them could be a learner's.
fn inner_submissions(folder: &Path) -> Vec<(bool, String)> {
    let entries: Vec<(String, PathBuf)> = visible(folder);
    let folders: Vec<&(String, PathBuf)> =
        entries.iter().filter(|(_, path)| path.is_dir() && !path.is_symlink()).collect();
    let holding: Vec<&&(String, PathBuf)> = folders
        .iter()
        .filter(|(_, path)| folder::holds_quests(path, DEEPEST_WRAPPING - 1) || holds_archive(path))
        .collect();
    let is_whole = holding.len() == folders.len();
    holding.into_iter().map(|(name, _)| (is_whole, name.clone())).collect()
}

fn holds_archive(folder: &Path) -> bool {
    visible(folder).iter().any(|(_, path)| path.is_file() && archive::is_readable(path))
}

/// Whether this folder, the only one in another, holds several learners.
fn holds_class(folder: &Path) -> bool {
    is_delivered(folder) || (!folder::holds_quests(folder, 0) && inner_submissions(folder).len() > 1)
}

/// The entries that could be a learner's. A folder that cannot be read is reported when it is read as a submission.
fn visible(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| Some((entry.file_name().to_str()?.to_owned(), entry.path())));
    let mut named: Vec<(String, PathBuf)> = named.filter(|(name, _)| !is_skipped(name)).collect();
    named.sort();
    named
}

/// Whether a folder has the name of a part of one learner's work.
fn is_part(name: &str) -> bool {
    const PARTS: [&str; 16] = [
        "week", "part", "attempt", "version", "try", "day", "old", "new", "final", "first", "second", "backup",
        "quest", "copy", "src", "homework",
    ];
    let name = name.to_lowercase();
    PARTS.iter().any(|part| {
        name.strip_prefix(part)
            .is_some_and(|rest| rest.trim_matches(|c: char| c.is_ascii_digit() || " -_.".contains(c)).is_empty())
    }) || name.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit())
}

/// It is read by the learner, too, so it names no folder around the class.
fn undecided(folder: &Path, names: &[String]) -> String {
    format!(
        "it contains several folders with quests of their own: {}. If each is a learner's, grade that folder: \
         `cargo xtask grade …/{}`. If all are one learner's, put the quests that count into one folder",
        named(names),
        escape_os(folder.file_name().unwrap_or_default())
    )
}

fn named(names: &[String]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", escape(name))).collect();
    shown.join(", ") + if names.len() > MOST { ", …" } else { "" }
}
