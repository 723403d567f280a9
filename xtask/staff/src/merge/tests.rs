use super::*;
use crate::model::{GradedSubmission, Intake, QuestInfo, QuestState};
use crate::points::Points;
use crate::submissions::HandIn;

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
fn a_folder_can_be_named_instead_of_its_grades() {
    let folder = std::env::temp_dir().join(format!("grade-merge-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("grades.json");
    let message = || {
        let error = read(&folder).unwrap_err();
        assert!(error.is::<UsageError>(), "{error}");
        let message = error.to_string();
        assert!(message.starts_with(&file.display().to_string()), "{message}");
        message
    };
    assert!(message().contains("cannot be read"));
    fs::write(&file, "{").unwrap();
    assert!(message().contains("contains no grades"));
    fs::write(&file, "{\"schema\": 1, \"new\": true}").unwrap();
    assert!(message().contains("its schema is 1, and this version reads 3"));
    fs::write(&file, "{\"schema\": 3}").unwrap();
    assert!(message().contains("missing field"));
    fs::write(&file, serde_json::to_vec(&whole()).unwrap()).unwrap();
    assert_eq!(read(&folder).unwrap(), whole());
    assert_eq!(read(&file).unwrap(), whole());
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
