//! The shards of one class, graded on many machines, as what one machine would have found out.

pub mod find;
mod scan;
pub mod stored;

use crate::fingerprint;
use crate::model::{Confinement, Grades, QuestGrade, Shard};
use crate::results::ClassResults;
use crate::shard;
use crate::shard::engine::Engine;
use crate::shard::ranges::Ranges;
use crate::shard::status::ShardStatus;
use crate::submissions::Submission;
use anyhow::Context as _;
use find::FoundShards;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use stored::StoredClass;
use xtask::exit::UsageError;

/// Merges the shards of a class: the result is that of one run over the whole class. The texts stay in the files.
pub fn merge(found: &FoundShards) -> anyhow::Result<ClassResults> {
    let mut parts = Vec::new();
    let mut files = StoredClass::default();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    for paths in found.files.chunks(workers) {
        let shards = thread::scope(|scope| {
            let threads: Vec<_> = paths.iter().map(|path| scope.spawn(|| stored::read_outline(path))).collect();
            threads.into_iter().map(joined).collect::<anyhow::Result<Vec<_>>>()
        })?;
        for (path, shard) in paths.iter().zip(shards) {
            files.add(path, &shard);
            parts.push((path.clone(), shard.outline));
        }
    }
    Ok(ClassResults::in_files(merge_outlines(parts, &found.folders)?, files))
}

/// What a thread returned. If it panicked, so does this one.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn merge_outlines(mut parts: Vec<(PathBuf, Grades)>, folders: &[(PathBuf, ShardStatus)]) -> anyhow::Result<Grades> {
    check(&parts, folders).map_err(UsageError)?;
    // The order of the arguments does not matter.
    parts.sort_by_key(|(_, grades)| grades.shard.index);
    let confinement = confinement(&parts);
    let mut parts = parts.into_iter().map(|(_, grades)| grades);
    let mut merged = parts.next().context("there is at least one part, since their number was checked")?;
    for part in parts {
        merged.submissions.extend(part.submissions);
        merged.unmatched.extend(part.unmatched);
    }
    merged.submissions.sort_by(|one, other| one.id.cmp(&other.id));
    merged.shard = Shard { index: 1, count: 1 };
    merged.confinement = confinement;
    Ok(merged)
}

/// Checks that these are the files that were graded.
pub fn same_files(grades: &Grades, submissions: &[Submission]) -> Result<(), UsageError> {
    let submissions: HashMap<&str, &Submission> =
        submissions.iter().map(|submission| (submission.id.as_str(), submission)).collect();
    for graded in &grades.submissions {
        let files = submissions.get(graded.id.as_str()).map(|submission| &submission.hand_in.files);
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
fn check(parts: &[(PathBuf, Grades)], folders: &[(PathBuf, ShardStatus)]) -> Result<(), String> {
    let Some((first, rest)) = parts.split_first() else {
        return Err(match folders {
            [] => "nothing to merge: name the folder of every shard, or the folder that holds them".to_owned(),
            [(_, status), ..] => {
                format!("nothing to merge yet. {}", missing(&BTreeSet::new(), status.shard.count, folders))
            }
        });
    };
    for part in rest {
        same_run(first, part)?;
    }
    every_shard_once(parts, folders)?;
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

fn every_shard_once(parts: &[(PathBuf, Grades)], folders: &[(PathBuf, ShardStatus)]) -> Result<(), String> {
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
    let present: BTreeSet<u32> = paths.into_keys().collect();
    if Ranges::missing(&present, count).is_empty() { Ok(()) } else { Err(missing(&present, count, folders)) }
}

/// Which shards are missing, and how to run them, with the engines that ran the others.
fn missing(present: &BTreeSet<u32>, count: u32, folders: &[(PathBuf, ShardStatus)]) -> String {
    let missing = Ranges::missing(present, count);
    let (verb, them) = if missing.count() == 1 { ("is", "it") } else { ("are", "them") };
    let mut message = format!(
        "{} of {count} shards {verb} missing: {}. Run {them} with the same arguments and the same seed as the others, then \
         merge again:",
        missing.count(),
        missing.shown(", ", 0),
    );
    let mut engines: BTreeSet<Engine> = folders.iter().map(|(_, status)| status.engine()).collect();
    if engines.is_empty() {
        engines.insert(Engine::Plain);
    }
    for engine in engines {
        message.push_str("\n  ");
        message.push_str(&engine.run_again(&missing, count));
    }
    for (folder, status) in folders.iter().filter(|(_, status)| !present.contains(&status.shard.index)) {
        let _ = write!(message, "\nShard {} has begun in {}.", status.shard.index, folder.display());
    }
    message
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
