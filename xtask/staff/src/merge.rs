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

/// Reads a `grades.json`; a folder stands for the one in it.
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
        let files = submission.and_then(|submission| submission.files.as_ref().ok());
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
mod tests {
    use super::*;
    use crate::model::{GradedSubmission, QuestInfo, QuestState};

    const IDS: [&str; 5] = ["Zo\u{eb}", "anna", "ben", "carl", "dora"];

    /// What one run over the whole class finds out.
    fn whole() -> Grades {
        Grades {
            schema: SCHEMA,
            title: "Event loops".to_owned(),
            course: "c0ffee".to_owned(),
            toolchain: "rustc 1.95.0".to_owned(),
            seed: 7,
            confinement: Confinement { granted: vec!["no network".to_owned()], missing: Vec::new() },
            shard: Shard { index: 1, count: 1 },
            class: shard::class_fingerprint(IDS),
            quests: vec![QuestInfo {
                number: 3,
                name: "queue".to_owned(),
                package: "quest-03-queue".to_owned(),
                title: "A queue".to_owned(),
                points: 10,
                tests: Vec::new(),
            }],
            submissions: IDS.map(graded).into(),
        }
    }

    fn graded(id: &str) -> GradedSubmission {
        GradedSubmission { id: id.to_owned(), learner: BTreeMap::new(), problem: None, quests: Vec::new() }
    }

    /// The same by `count` machines.
    fn parts(count: u32) -> Vec<(PathBuf, Grades)> {
        let part = |index| {
            let mut part = Grades { shard: Shard { index, count }, ..whole() };
            part.submissions.retain(|submission| shard::holds(part.shard, &submission.id));
            (PathBuf::from(format!("{index}.json")), part)
        };
        (1..=count).map(part).collect()
    }

    fn problem(parts: Vec<(PathBuf, Grades)>) -> String {
        let error = merge(parts).unwrap_err();
        assert!(error.is::<UsageError>(), "{error}");
        error.to_string()
    }

    #[test]
    fn the_parts_in_any_order_are_what_one_run_finds_out() {
        for count in [1, 2, 3, 8] {
            let mut parts = parts(count);
            parts.reverse();
            let merged = merge(parts).unwrap();
            let bytes = |grades| serde_json::to_string_pretty(grades).unwrap();
            assert_eq!(bytes(&merged), bytes(&whole()), "{count}");
        }
    }

    #[test]
    fn parts_of_different_runs_are_refused() {
        type Change = fn(&mut Grades);
        let changes: [(&str, Change); 7] = [
            ("schema", |grades| grades.schema += 1),
            ("title", |grades| grades.title.push('!')),
            ("course", |grades| grades.course.push('0')),
            ("toolchain", |grades| grades.toolchain.push('0')),
            ("seed", |grades| grades.seed += 1),
            ("class", |grades| grades.class.push('0')),
            ("number of shards", |grades| grades.shard.count += 1),
        ];
        for (what, change) in changes {
            let mut parts = parts(3);
            change(&mut parts[2].1);
            let problem = problem(parts);
            let expected = format!("1.json and 3.json do not belong together: the {what} is `");
            assert!(problem.starts_with(&expected), "{problem}");
        }
        let mut parts = parts(2);
        parts[1].1.quests[0].points += 1;
        assert_eq!(problem(parts), "1.json and 2.json do not belong together: their quests differ");
    }

    #[test]
    fn every_shard_is_needed_once() {
        assert!(problem(Vec::new()).starts_with("nothing to merge"));
        let mut missing = parts(3);
        missing.remove(1);
        assert!(problem(missing).starts_with("shard 2 of 3 is missing (1 in all)"));
        let mut twice = parts(3);
        twice[2].1.shard.index = 1;
        assert_eq!(problem(twice), "1.json and 3.json are both shard 1 of 3");
        let mut none = parts(3);
        none[0].1.shard.index = 4;
        assert!(problem(none).starts_with("1.json claims to be shard 4 of 3"));
    }

    #[test]
    fn every_submission_is_needed_once_and_in_its_shard() {
        let holder =
            parts(2).iter().position(|(_, grades)| grades.submissions.iter().any(|one| one.id == "anna")).unwrap();
        let file = |index: usize| format!("{}.json", index + 1);
        let mut twice = parts(2);
        twice[holder].1.submissions.push(graded("anna"));
        let both = file(holder);
        assert_eq!(problem(twice), format!("the submission `anna` is in both {both} and {both}"));

        let mut elsewhere = parts(2);
        elsewhere[holder].1.submissions.retain(|one| one.id != "anna");
        elsewhere[1 - holder].1.submissions.push(graded("anna"));
        let problem_elsewhere = problem(elsewhere);
        assert!(
            problem_elsewhere.starts_with(&format!("the submission `anna` in {}", file(1 - holder))),
            "{problem_elsewhere}"
        );

        let mut missing = parts(2);
        missing[holder].1.submissions.retain(|one| one.id != "anna");
        assert!(problem(missing).starts_with("the submissions in 1.json, 2.json are not the whole class"));
    }

    #[test]
    fn confinement_is_what_every_machine_granted() {
        let mut parts = parts(2);
        parts[0].1.confinement.granted = vec!["no network".to_owned(), "no disk".to_owned()];
        parts[0].1.confinement.missing = vec!["processes".to_owned()];
        parts[1].1.confinement.missing = vec!["no disk".to_owned(), "processes".to_owned()];
        let mut reversed = parts.clone();
        reversed.reverse();
        assert_eq!(merge(reversed).unwrap(), merge(parts.clone()).unwrap());
        let merged = merge(parts).unwrap().confinement;
        assert_eq!(merged.granted, ["no network"]);
        assert_eq!(merged.missing, ["processes", "no disk"]);
    }

    #[test]
    fn a_folder_stands_for_the_grades_in_it() {
        let folder = std::env::temp_dir().join(format!("grade-merge-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("grades.json");
        let told = || {
            let error = read(&folder).unwrap_err();
            assert!(error.is::<UsageError>(), "{error}");
            let told = error.to_string();
            assert!(told.starts_with(&file.display().to_string()), "{told}");
            told
        };
        assert!(told().contains("cannot be read"));
        fs::write(&file, "{").unwrap();
        assert!(told().contains("contains no grades"));
        fs::write(&file, "{\"schema\": 1, \"new\": true}").unwrap();
        assert!(told().contains("its schema is 1, and this version reads 2"));
        fs::write(&file, "{\"schema\": 2}").unwrap();
        assert!(told().contains("missing field"));
        fs::write(&file, serde_json::to_vec(&whole()).unwrap()).unwrap();
        assert_eq!(read(&folder).unwrap(), whole());
        assert_eq!(read(&file).unwrap(), whole());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn other_files_than_those_that_were_graded_are_refused() {
        let mut grades = whole();
        let file = b"fn main() {}".to_vec();
        grades.submissions[1].quests.push(QuestGrade {
            number: 3,
            state: QuestState::Red,
            detail: String::new(),
            earned: Some(0),
            tests: Vec::new(),
            file: Some(fingerprint::of(&file)),
        });
        let submission =
            |files| Submission { id: "anna".to_owned(), learner: BTreeMap::new(), files, undecided: false };
        let same = submission(Ok(BTreeMap::from([(3, file)])));
        same_files(&grades, &[same]).unwrap();
        for others in
            [vec![], vec![submission(Ok(BTreeMap::from([(3, Vec::new())])))], vec![submission(Err(String::new()))]]
        {
            let problem = same_files(&grades, &others).unwrap_err().to_string();
            assert!(
                problem.starts_with("quest 3 of the submission `anna` is not the file that was graded"),
                "{problem}"
            );
        }
    }
}
