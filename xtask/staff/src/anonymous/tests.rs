use super::*;
use crate::report::sample::{self, class};
use crate::report::{csv, html};

#[test]
fn no_name_is_left_in_what_graders_read() {
    let grades = class();
    let numbers = Numbers::of(&grades);
    let hidden = numbers.hide(&grades);
    let page = html::class_report(&hidden, &[], &[], &|graded| graded.id.clone());
    let pages: String = hidden.submissions.iter().map(|graded| html::feedback(&hidden, graded)).collect();
    for name in ["Ada Lovelace", "ada@example.org", "Finn", "hana", "Zoë", sample::HALVED] {
        for text in [&page, &pages, &csv::render(&hidden)] {
            assert!(!text.contains(name), "{name}");
        }
    }
    let ids: Vec<&str> = hidden.submissions.iter().map(|graded| graded.id.as_str()).collect();
    assert_eq!(ids[..2], ["submission-1", "submission-2"]);
    assert_eq!(ids.len(), grades.submissions.len());
}

#[test]
fn short_ids_change_no_other_text() {
    let mut grades = class();
    for (submission, id) in grades.submissions.iter_mut().zip(["1", "an", "queue", "learner", "0"]) {
        submission.id = id.to_owned();
        submission.learner.clear();
        submission.remarks = vec!["An archive was read: 1, an".to_owned()];
    }
    let numbers = Numbers::of(&grades);
    let hidden = numbers.hide(&grades);
    for submission in &grades.submissions[..5] {
        let number = numbers.number(&submission.id);
        let shown = hidden.submissions.iter().find(|shown| shown.id == number).unwrap();
        assert_eq!(shown.quests, submission.quests, "{}", submission.id);
        assert_eq!(shown.remarks, ["An archive was read: …"]);
    }
}

#[test]
fn what_was_not_read_is_said_without_the_names_of_its_files() {
    let mut grades = class();
    let quest = &mut grades.submissions[0].quests[0];
    quest.state = QuestState::NotRead;
    quest.detail = "It may be in what was not read: `Ada L.rar` was not read: RAR.".to_owned();
    let hidden = Numbers::of(&grades).hide(&grades);
    let details: Vec<&str> = hidden.submissions.iter().map(|shown| shown.quests[0].detail.as_str()).collect();
    assert!(details.contains(&"It may be in what was not read: …"), "{details:?}");
}

#[test]
fn the_numbers_stay_the_same_and_are_not_in_the_order_of_the_names() {
    let grades = class();
    let numbers = |grades: &Grades| grades.submissions.iter().map(|it| Numbers::of(grades).number(&it.id)).collect();
    let first: Vec<String> = numbers(&grades);
    assert_eq!(first, numbers(&grades));
    assert!(!first.is_sorted(), "{first:?}");
    let other: Vec<String> = numbers(&Grades { seed: 5, ..class() });
    assert_ne!(first, other);
}
