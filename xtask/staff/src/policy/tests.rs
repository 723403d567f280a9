use super::Policy;
use crate::model::{GradedSubmission, Grades};
use crate::points::Points;
use crate::report::sample::{self, class, submission};

/// The grades of the sample class by this policy, and the notes for the teacher.
fn graded_by(policy: &str) -> (Grades, Vec<String>) {
    let mut grades = class();
    let notes = Policy::parse(policy).expect("a good policy").apply(&mut grades);
    (grades, notes)
}

fn total(grades: &Grades, id: &str) -> Option<String> {
    submission(grades, id).earned().map(|points| points.to_string())
}

/// Everything that grades say about all submissions but these.
fn others(grades: &Grades, except: &[&str]) -> Vec<GradedSubmission> {
    grades.submissions.iter().filter(|submission| !except.contains(&submission.id.as_str())).cloned().collect()
}

#[test]
fn an_empty_policy_changes_nothing() {
    assert_eq!(graded_by(""), (class(), Vec::new()));
}

#[test]
fn a_test_that_does_not_count_lowers_what_is_possible_and_is_named() {
    let (grades, notes) = graded_by("[[exempt]]\nquest = 2\ntest = \"ends_in_order\"\nreason = \"It was wrong.\"");
    assert_eq!(grades.points(), 24.into());
    assert_eq!(total(&grades, sample::FULL).as_deref(), Some("24"));
    let capped = "without the scenario, at most half of the 4 points that are left";
    assert_eq!(total(&grades, sample::UNKNOWN).as_deref(), Some("2"), "{capped}");
    assert_eq!(grades.quests[1].tests[1].exempt.as_deref(), Some("It was wrong."));
    assert_eq!(grades.policy, ["The test ends_in_order of quest 2 does not count: It was wrong."]);
    assert_eq!(notes, [""; 0]);
    for (before, after) in class().submissions.iter().zip(&grades.submissions) {
        assert_eq!([&before.quests[0], &before.quests[2]], [&after.quests[0], &after.quests[2]]);
    }
}

#[test]
fn without_the_scenario_a_quest_has_all_its_points_again() {
    let (grades, _) = graded_by("[[exempt]]\nquest = 1\ntest = \"scenario\"\nreason = \"Too hard.\"");
    assert_eq!(grades.points(), 30.into());
    assert_eq!(total(&grades, sample::HALVED).as_deref(), Some("30"));
    assert_eq!(others(&grades, &[sample::HALVED]), others(&class(), &[sample::HALVED]));
}

#[test]
fn a_quest_that_does_not_count_has_no_points() {
    let (grades, _) = graded_by("[[exempt]]\nquest = 1\nreason = \"Not taught.\"");
    assert_eq!(grades.points(), 20.into());
    assert_eq!(total(&grades, sample::HALVED).as_deref(), Some("20"));
    assert_eq!(total(&grades, sample::INFRA), None, "what is unknown stays unknown");
}

#[test]
fn other_weights_keep_the_share_of_each_test() {
    let (grades, _) = graded_by("[[weight]]\nquest = 1\npoints = 25");
    assert_eq!(grades.points(), 45.into());
    let points = grades.quests[0].tests.iter().map(|test| test.points.to_string()).collect::<Vec<_>>();
    assert_eq!(points, ["10", "15", "0"]);
    assert_eq!(total(&grades, sample::HALVED).as_deref(), Some("32.5"), "half of 25, and 20");
    let (grades, _) = graded_by("[[weight]]\nquest = 1\ntest = \"starts_at_once\"\npoints = 1");
    assert_eq!((grades.quests[0].points, grades.points()), (7.into(), 27.into()));
    let (grades, _) = graded_by("[[weight]]\nquest = 1\npoints = 1\n[[weight]]\nquest = 2\npoints = 3.33");
    for quest in &grades.quests {
        assert_eq!(quest.tests.iter().map(|test| test.points).sum::<Points>(), quest.points);
    }
}

#[test]
fn a_teacher_sets_the_points_of_one_learners_quest() {
    let (grades, _) = graded_by(
        "[[learner]]\nid = \"eve\"\nextra = 1.5\ncomment = \"See me.\"\n\
         [[learner.quest]]\nnumber = 3\npoints = 8\ncomment = \"Good idea.\"",
    );
    let eve = submission(&grades, sample::AWKWARD);
    assert_eq!(eve.earned(), Some(Points::of_hundredths(950)));
    let said = eve.quests[2].adjustment.as_deref();
    assert_eq!(said, Some("Your teacher set the points of this quest to 8 (the tests gave 0). Good idea."));
    assert_eq!(others(&grades, &["eve"]), others(&class(), &["eve"]));
}

#[test]
fn the_penalty_needs_a_time_and_says_whose_is_missing() {
    let policy = "due = 2026-11-20T23:59:00+01:00\n[late]\npercent = 10\n\
        [[learner]]\nid = \"ada\"\nsubmitted = 2026-11-21T09:00:00+01:00\n\
        [[learner]]\nid = \"eve\"\nsubmitted = 2026-11-20T09:00:00+01:00\n";
    let (grades, notes) = graded_by(policy);
    assert_eq!(total(&grades, sample::FULL).as_deref(), Some("27"));
    assert_eq!(total(&grades, sample::AWKWARD).as_deref(), Some("0"));
    assert_eq!(total(&grades, sample::HALVED).as_deref(), Some("25"));
    let missing: Vec<&str> = notes.iter().filter_map(|note| note.split('`').nth(1)).collect();
    assert_eq!(missing, [sample::UNKNOWN, sample::HALVED], "those with a score and without a time");
    let extended = format!("{policy}due = 2027-01-01T00:00:00Z");
    assert_eq!(
        total(&graded_by(&extended.replace("id = \"eve\"", "id = \"finn\"")).0, sample::FULL).as_deref(),
        Some("27")
    );
}

#[test]
fn nothing_is_late_of_those_who_handed_in_nothing() {
    let policy = "due = 2026-11-20T23:59:00+01:00\n[late]\npercent = 10\n[[learner]]\nid = \"gus\"\nextra = 1\n";
    let notes = |policy: &str, grades: &mut Grades| Policy::parse(policy).expect("a good policy").apply(grades);
    let is_of = |note: &&String| note.contains(&format!("`{}`", sample::NOTHING));
    let mut grades = class();
    grades.count_missing_as_zero();
    let policy = policy.replace("gus", sample::NOTHING);
    assert_eq!(notes(&policy, &mut grades).iter().filter(is_of).count(), 0);
    assert_eq!(total(&grades, sample::NOTHING).as_deref(), Some("1"));
    // Who earned something must have handed it in somewhere.
    let mut grades = class();
    grades.count_missing_as_zero();
    let decided = format!("{policy}[[learner.quest]]\nnumber = 1\npoints = 3\n");
    assert_eq!(notes(&decided, &mut grades).iter().filter(is_of).count(), 1);
}

#[test]
fn nobody_gets_a_zero_while_a_submission_is_nobodys() {
    let mut grades = class();
    grades.unmatched.insert(sample::UNKNOWN.to_owned());
    let before = grades.clone();
    grades.count_missing_as_zero();
    assert_eq!(grades, before);
    grades.unmatched.clear();
    grades.count_missing_as_zero();
    assert_eq!(total(&grades, sample::NOTHING).as_deref(), Some("0"));
    assert_eq!(total(&grades, sample::REFUSED), None);
}

#[test]
fn totals_are_scaled_to_what_the_grade_book_expects() {
    let (grades, _) = graded_by("scale_to = 100\n[[exempt]]\nquest = 1\nreason = \"Not taught.\"");
    assert_eq!(grades.points(), 100.into());
    assert_eq!(total(&grades, sample::FULL).as_deref(), Some("100"));
    assert_eq!(total(&grades, sample::UNKNOWN).as_deref(), Some("20"));
    assert_eq!(total(&grades, sample::INFRA), None);
}

#[test]
fn what_cannot_be_meant_is_an_error_that_says_what_to_write() {
    for (policy, words) in [
        ("exemt = 1", "unknown field `exemt`"),
        ("due = 2026-11-20T23:59:00", "time zone"),
        ("due = 2026-11-20", "time zone"),
        ("[late]\npercent = 10", "add `due"),
        ("due = 2026-11-20T23:59:00Z\n[late]\npercent = 10\nper = \"soon\"", "no length of time"),
        ("due = 2026-11-20T23:59:00Z\n[late]\npercent = 10\nper = \"0 s\"", "longer than nothing"),
        ("[[exempt]]\nquest = 1", "missing field `reason`"),
        ("scale_to = 0", "positive"),
    ] {
        let error = Policy::parse(policy).expect_err(policy).to_string();
        assert!(error.contains(words), "{policy}: {error}");
    }
}
