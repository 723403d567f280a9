//! The shards of one class, graded on many machines, as what one machine would have found out.

use crate::fingerprint;
use crate::model::{Confinement, Grades, QuestGrade, SCHEMA, Shard};
use crate::shard;
use crate::submissions::Submission;
use anyhow::Context as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::exit::UsageError;

/// Reads a `grades.json`, or the one in a folder.
pub fn read(path: &Path) -> anyhow::Result<Grades> {
    let path = if path.is_dir() { path.join("grades.json") } else { path.to_owned() };
    let shown = path.display();
    let content = fs::read(&path).map_err(|error| UsageError(format!("{shown} cannot be read: {error}")))?;
    let not_ours = |error| UsageError(format!("{shown} contains no grades that this grader can read: {error}"));
    let value: Value = serde_json::from_slice(&content).map_err(not_ours)?;
    match value["schema"].as_u64() {
        Some(schema) if schema != u64::from(SCHEMA) => Err(UsageError(format!(
            "{shown} was written by another version of this grader: its schema is {schema}, and this version reads {SCHEMA}"
        ))
        .into()),
        _ => Ok(serde_json::from_value::<Grades>(value).map_err(not_ours)?.bounded()),
    }
}

/// Merges the shards of a class: the result is that of one run over the whole class.
pub fn merge(mut parts: Vec<(PathBuf, Grades)>) -> anyhow::Result<Grades> {
    check(&parts).map_err(UsageError)?;
    // The order of the arguments does not matter.
    parts.sort_by_key(|(_, grades)| grades.shard.index);
    let confinement = confinement(&parts);
    let mut parts = parts.into_iter().map(|(_, grades)| grades);
    let mut merged = parts.next().context("there is at least one part, since their number was checked")?;
    merged.submissions.extend(parts.flat_map(|grades| grades.submissions));
    merged.submissions.sort_by(|one, other| one.id.cmp(&other.id));
    merged.shard = Shard { index: 1, count: 1 };
    merged.confinement = confinement;
    Ok(merged)
}

/// Checks that these are the files that were graded.
pub fn same_files(grades: &Grades, submissions: &[Submission]) -> Result<(), UsageError> {
    for graded in &grades.submissions {
        let submission = submissions.iter().find(|submission| submission.id == graded.id);
        let files = submission.map(|submission| &submission.hand_in.files);
        let handed_in = |number: u32| files?.get(&number).map(|file| fingerprint::of(file));
        let differs = |quest: &&QuestGrade| quest.file.is_some() && quest.file != handed_in(quest.number);
        if let Some(quest) = graded.quests.iter().find(differs) {
            return Err(UsageError(format!(
                "quest {} of the submission `{}` is not the file that was graded: name the folders that the shards graded, \
                 or grade again",
                quest.number, graded.id
            )));
        }
    }
    Ok(())
}

/// Checks that the parts are all shards of one class, without gaps.
fn check(parts: &[(PathBuf, Grades)]) -> Result<(), String> {
    let Some((first, rest)) = parts.split_first() else {
        return Err("nothing to merge: name the `grades.json` of every shard".to_owned());
    };
    for part in rest {
        same_run(first, part)?;
    }
    every_shard_once(parts)?;
    every_submission_once(parts)
}

/// Checks that both were graded under the same conditions.
fn same_run((path, grades): &(PathBuf, Grades), (other_path, other): &(PathBuf, Grades)) -> Result<(), String> {
    let meta = [
        ("schema", grades.schema.to_string(), other.schema.to_string()),
        ("title", grades.title.clone(), other.title.clone()),
        ("course", grades.course.clone(), other.course.clone()),
        ("toolchain", grades.toolchain.clone(), other.toolchain.clone()),
        ("seed", grades.seed.to_string(), other.seed.to_string()),
        ("class", grades.class.clone(), other.class.clone()),
        ("number of shards", grades.shard.count.to_string(), other.shard.count.to_string()),
    ];
    let paths = format!("{} and {}", path.display(), other_path.display());
    for (what, here, there) in meta {
        if here != there {
            return Err(format!(
                "{paths} do not belong together: the {what} is `{here}` in one and `{there}` in the other"
            ));
        }
    }
    if grades.quests != other.quests {
        return Err(format!("{paths} do not belong together: their quests differ"));
    }
    Ok(())
}

fn every_shard_once(parts: &[(PathBuf, Grades)]) -> Result<(), String> {
    let mut paths = BTreeMap::new();
    let count = parts[0].1.shard.count;
    for (path, grades) in parts {
        let index = grades.shard.index;
        if !(1..=count).contains(&index) {
            return Err(format!("{} claims to be shard {index} of {count}", path.display()));
        }
        if let Some(other) = paths.insert(index, path) {
            return Err(format!("{} and {} are both shard {index} of {count}", other.display(), path.display()));
        }
    }
    // Lists only one: a made-up count may be huge.
    match (1..=count).find(|index| !paths.contains_key(index)) {
        Some(index) => {
            let missing = count - u32::try_from(paths.len()).expect("there are at most as many as their count");
            Err(format!(
                "shard {index} of {count} is missing ({missing} in all); name the `grades.json` of every shard"
            ))
        }
        None => Ok(()),
    }
}

fn every_submission_once(parts: &[(PathBuf, Grades)]) -> Result<(), String> {
    let mut paths: BTreeMap<&str, &Path> = BTreeMap::new();
    for (path, grades) in parts {
        for submission in &grades.submissions {
            let id = submission.id.as_str();
            if let Some(other) = paths.insert(id, path) {
                return Err(format!("the submission `{id}` is in both {} and {}", other.display(), path.display()));
            }
            if !shard::holds(grades.shard, id) {
                let Shard { index, count } = grades.shard;
                return Err(format!(
                    "the submission `{id}` in {} does not belong to shard {index} of {count}; was the file edited?",
                    path.display()
                ));
            }
        }
    }
    if shard::class_fingerprint(paths.into_keys()) == parts[0].1.class {
        return Ok(());
    }
    let shown: Vec<String> = parts.iter().map(|(path, _)| path.display().to_string()).collect();
    Err(format!(
        "the submissions in {} are not the whole class: some are missing, or some were added. Grade those shards again",
        shown.join(", ")
    ))
}

/// The restrictions that were in force on every machine, and those that were missing on any.
fn confinement(parts: &[(PathBuf, Grades)]) -> Confinement {
    let mut all = parts.iter().map(|(_, grades)| grades.confinement.clone());
    let mut whole = all.next().unwrap_or_default();
    for part in all {
        whole.granted.retain(|sentence| part.granted.contains(sentence));
        let news: Vec<String> = part.missing.into_iter().filter(|sentence| !whole.missing.contains(sentence)).collect();
        whole.missing.extend(news);
    }
    whole
}

#[cfg(test)]
mod tests;
