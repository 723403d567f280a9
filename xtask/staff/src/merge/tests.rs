use super::*;
use crate::merge;
use crate::model::{GradedSubmission, Intake, QuestInfo, QuestState, SCHEMA};
use crate::points::Points;
use crate::report::{json, sample};
use crate::shard::status::Step;
use crate::submissions::HandIn;
use std::fs;

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
        policy: Vec::new(),
        anonymous: false,
        scaled_to: None,
        unmatched: ["anna", "ben", "carl"].map(str::to_owned).into(),
        quests: vec![QuestInfo {
            number: 3,
            name: "queue".to_owned(),
            package: "quest-03-queue".to_owned(),
            title: "A queue".to_owned(),
            points: 10.into(),
            tests: Vec::new(),
        }],
        submissions: IDS.map(graded).into(),
    }
}

fn graded(id: &str) -> GradedSubmission {
    GradedSubmission {
        id: id.to_owned(),
        learner: BTreeMap::new(),
        intake: Intake::Accepted,
        problem: None,
        remarks: Vec::new(),
        submitted: None,
        adjustments: Vec::new(),
        quests: Vec::new(),
    }
}

/// The same by `count` machines.
fn parts(count: u32) -> Vec<(PathBuf, Grades)> {
    let part = |index| {
        let mut part = Grades { shard: Shard { index, count }, ..whole() };
        part.submissions.retain(|submission| shard::holds(part.shard, &submission.id));
        part.unmatched.retain(|id| shard::holds(part.shard, id));
        (PathBuf::from(format!("{index}.json")), part)
    };
    (1..=count).map(part).collect()
}

fn merge(parts: Vec<(PathBuf, Grades)>) -> anyhow::Result<Grades> {
    merge_outlines(parts, &[])
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
fn parts_of_different_runs_are_rejected() {
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
    parts[1].1.quests[0].points += 1.into();
    assert_eq!(problem(parts), "1.json and 2.json do not belong together: their quests differ");
}

#[test]
fn every_shard_is_needed_once() {
    assert!(problem(Vec::new()).starts_with("nothing to merge"));
    let mut missing = parts(3);
    missing.remove(1);
    let said = problem(missing);
    assert!(said.starts_with("1 of 3 shards is missing: 2. Run it with the same arguments"), "{said}");
    assert!(said.ends_with("\n  cargo xtask grade … --shard 2/3"), "{said}");
    let mut twice = parts(3);
    twice[2].1.shard.index = 1;
    assert_eq!(problem(twice), "1.json and 3.json are both shard 1 of 3");
    let mut none = parts(3);
    none[0].1.shard.index = 4;
    assert!(problem(none).starts_with("1.json claims to be shard 4 of 3"));
}

#[test]
fn every_submission_is_needed_once_and_in_its_shard() {
    let holder = parts(2).iter().position(|(_, grades)| grades.submissions.iter().any(|one| one.id == "anna")).unwrap();
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
fn all_missing_shards_are_named_with_the_command_that_runs_them() {
    let mut some = parts(200);
    some.retain(|(_, grades)| ![3, 17, 18, 19].contains(&grades.shard.index));
    let status = |index, given: &str| {
        let shard = Shard { index, count: 200 };
        let step = Step::Grading;
        let status = ShardStatus {
            shard,
            given: given.to_owned(),
            step,
            graded: 1,
            submissions: 50,
            seconds: 7,
            graded_by_run: 1,
        };
        (PathBuf::from(format!("out/{index}")), status)
    };
    let said =
        merge_outlines(some.clone(), &[status(1, "slurm:200"), status(18, "slurm:200")]).unwrap_err().to_string();
    assert!(said.starts_with("4 of 200 shards are missing: 3, 17-19. "), "{said}");
    assert!(said.ends_with("\n  sbatch --array=3,17-19 …\nShard 18 has begun in out/18."), "{said}");
    let said = merge_outlines(some, &[]).unwrap_err().to_string();
    assert!(said.ends_with("\n  cargo xtask grade … --shard N/200   (N is each of 3, 17-19)"), "{said}");
    let none = merge_outlines(Vec::new(), &[status(18, "kubernetes:200")]).unwrap_err().to_string();
    assert!(none.starts_with("nothing to merge yet. 200 of 200 shards are missing: 1-200."), "{none}");
}

#[test]
fn a_count_that_nobody_can_count_to_is_no_burden() {
    let mut huge = parts(1);
    huge[0].1.shard.count = u32::MAX;
    assert!(problem(huge).starts_with("4294967294 of 4294967295 shards are missing: 2-4294967295."));
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("grade-merge-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_file_that_holds_no_grades_of_this_version_is_named() {
    let folder = folder("unreadable");
    let file = folder.join("grades.json");
    let message = || {
        let error = stored::read_outline(&file).unwrap_err();
        assert!(error.is::<UsageError>(), "{error}");
        let message = error.to_string();
        assert!(message.starts_with(&file.display().to_string()), "{message}");
        message
    };
    assert!(message().contains("cannot be read"));
    for (content, why) in [
        ("{", "contains no grades"),
        ("[]", "contains no grades"),
        ("{\"schema\": 1, \"new\": true}", "its schema is 1, and this version reads 4"),
        (
            "{\"schema\": 1, \"submissions\": [{\"old\": 1}], \"new\": true}",
            "its schema is 1, and this version reads 4",
        ),
        ("{\"schema\": 4}", "missing field"),
        ("{\"schema\": 4, \"submissions\": [{\"old\": 1}]}", "unknown field `old`"),
        ("{\"schema\": 4, \"submissions\": [1]}", "contains no grades"),
    ] {
        fs::write(&file, content).unwrap();
        assert!(message().contains(why), "{content}: {}", message());
    }
    let more = json::render(&whole()) + "{}";
    fs::write(&file, more).unwrap();
    assert!(message().contains("trailing characters"));
    fs::write(&file, json::render(&whole())).unwrap();
    assert_eq!(stored::read_outline(&file).unwrap().outline, whole());
    fs::remove_dir_all(folder).unwrap();
}

/// Everything that a run over the whole class reports about each submission.
fn submissions(results: &ClassResults) -> Vec<GradedSubmission> {
    let mut submissions = Vec::new();
    results
        .render_each(
            &results.named(),
            |submission| Ok(submission.clone()),
            |submission| {
                submissions.push(submission);
                Ok(())
            },
        )
        .unwrap();
    submissions
}

#[test]
fn texts_are_read_from_the_files_however_those_are_laid_out() {
    let class = sample::class().bounded();
    let ids = || class.submissions.iter().map(|submission| submission.id.as_str());
    let mut class = Grades { class: shard::class_fingerprint(ids()), ..class.clone() };
    class.submissions.sort_by(|one, other| one.id.cmp(&other.id));
    let folder = folder("texts");
    for index in 1..=3 {
        let mut part = Grades { shard: Shard { index, count: 3 }, ..class.clone() };
        part.submissions.retain(|submission| shard::holds(part.shard, &submission.id));
        let text = match index {
            1 => json::render(&part),
            2 => serde_json::to_string(&part).unwrap(),
            _ => json::render(&part).replace('\n', "\r\n \t"),
        };
        let shard = folder.join(format!("shard-{index}"));
        fs::create_dir_all(&shard).unwrap();
        fs::write(shard.join("grades.json"), text).unwrap();
    }
    let merged = merge::merge(&find::find(std::slice::from_ref(&folder), None).unwrap()).unwrap();
    assert_eq!(submissions(&merged), class.submissions);
    let mut changed = merge::merge(&find::find(std::slice::from_ref(&folder), None).unwrap()).unwrap();
    changed.grades.submissions.iter_mut().for_each(|submission| submission.problem = Some("late".to_owned()));
    class.submissions.iter_mut().for_each(|submission| submission.problem = Some("late".to_owned()));
    assert_eq!(submissions(&changed), class.submissions, "what was decided holds for the whole");
    assert_eq!(changed.into_outline(), class.outlined());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_changes_while_it_is_merged_is_an_error() {
    let folder = folder("changed");
    let file = folder.join("grades.json");
    fs::write(&file, json::render(&whole())).unwrap();
    let merged = merge::merge(&find::find(std::slice::from_ref(&file), None).unwrap()).unwrap();
    fs::write(&file, json::render(&Grades { title: "Another".to_owned(), ..whole() })).unwrap();
    let error = merged.render_each(&merged.named(), |_| Ok(()), |()| Ok(())).unwrap_err();
    assert!(format!("{error:#}").contains("has changed while it was being merged"), "{error:#}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn shards_are_found_in_their_folder_one_by_one_and_by_their_file() {
    let folder = folder("found");
    let write = |name: &str, file: &str, content: &str| {
        fs::create_dir_all(folder.join(name)).unwrap();
        fs::write(folder.join(name).join(file), content).unwrap();
    };
    for name in ["1", "2", "merged"] {
        write(name, "grades.json", "{}");
    }
    write("nothing", "grades.csv", "");
    write("3", ".shard.json", "half a fi");
    let found = |paths: &[PathBuf]| {
        let files = find::find(paths, Some(&folder.join("merged"))).map_err(|error| error.to_string())?.files;
        let names =
            files.iter().map(|file| file.strip_prefix(&folder).unwrap().display().to_string().replace('\\', "/"));
        Ok::<_, String>(names.collect::<Vec<_>>())
    };
    let all = ["1/grades.json", "2/grades.json"].map(str::to_owned).to_vec();
    assert_eq!(found(std::slice::from_ref(&folder)), Ok(all.clone()));
    assert_eq!(found(&["1", "2", "merged"].map(|name| folder.join(name))), Ok(all.clone()));
    assert_eq!(found(&[folder.join("1/grades.json")]), Ok(all[..1].to_vec()));
    let nothing = found(&[folder.join("nothing")]).unwrap_err();
    assert!(nothing.starts_with("there are no grades in"), "{nothing}");
    // An earlier merge into the parent folder.
    fs::write(folder.join("grades.json"), "{}").unwrap();
    assert_eq!(found(std::slice::from_ref(&folder)), Ok(all));
    assert_eq!(
        found(&[folder.join("merged")]),
        Ok(vec!["merged/grades.json".to_owned()]),
        "its reports are written again"
    );
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn files_that_changed_since_grading_are_rejected() {
    let mut grades = whole();
    let file = b"fn main() {}".to_vec();
    grades.submissions[1].quests.push(QuestGrade {
        number: 3,
        state: QuestState::Red,
        detail: String::new(),
        earned: Some(Points::ZERO),
        adjustment: None,
        tests: Vec::new(),
        file: Some(fingerprint::of(&file)),
    });
    let submission = |hand_in| Submission { id: "anna".to_owned(), learner: BTreeMap::new(), submitted: None, hand_in };
    let same = submission(HandIn::of(BTreeMap::from([(3, file)])));
    same_files(&grades, &[same]).unwrap();
    let changed = submission(HandIn::of(BTreeMap::from([(3, Vec::new())])));
    let unread = submission(HandIn::without_score(Intake::Unreadable, String::new()));
    for others in [vec![], vec![changed], vec![unread]] {
        let problem = same_files(&grades, &others).unwrap_err().to_string();
        assert!(problem.starts_with("quest 3 of the submission `anna` is not the file that was graded"), "{problem}");
    }
}
