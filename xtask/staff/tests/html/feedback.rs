//! The page for a learner.

use super::sample;
use staff::model::{Grades, QuestState};
use staff::report::html;

/// What the page of this submission says, without its markup and its style.
fn words(grades: &Grades, id: &str) -> String {
    let page = html::feedback(grades, sample::of(grades, id));
    let body = page.split_once("</style>").expect("a style").1;
    let parts = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("|")
}

#[test]
fn a_lost_point_has_its_step_its_test_and_its_reason() {
    let words = words(&sample::grades(), "cid");
    let test = "Two jobs run one after the other: 3 s, then 2 s.|Step 1: In turn. 4 points lost. Test |one_after_the_other|\
                The timeline differs from the expected one.|";
    assert!(words.contains(test), "{words}");
    assert!(words.contains("≠|differs|nothing|     0 ms  Task 2  started"), "{words}");
    assert!(words.contains("The compiler reports:|error[E0308]: mismatched types\n  --&gt; quest-03"), "{words}");
}

#[test]
fn the_next_command_is_for_the_first_quest_that_is_not_passed() {
    let grades = sample::grades();
    assert!(words(&grades, "bob").contains("|cargo xtask check 2|"));
    assert!(words(&grades, "cid").contains("|cargo xtask check 1|"));
    assert!(words(&grades, "ann").contains("all quests pass. Well done!"));
    // There is nothing that this learner could do.
    assert!(!words(&grades, "eve").contains("cargo xtask"));
}

#[test]
fn a_failure_of_the_graders_has_no_score_and_no_details() {
    let words = words(&sample::grades(), "eve");
    assert!(words.contains("|Not completely graded yet. Your teacher will take care of it.|"), "{words}");
    assert!(words.contains("|Not graded. This is not your fault; your teacher will take care of it."), "{words}");
    assert!(!words.contains("of 30") && !words.contains("|0 of 10") && !words.contains("no space left"), "{words}");
}

#[test]
fn a_failed_scenario_explains_why_half_the_points_are_lost() {
    let grades = sample::grades();
    assert!(words(&grades, "dot").contains("They are worth 10 points, but without its last test"));
    assert!(!words(&grades, "cid").contains("They are worth"));
}

#[test]
fn what_a_hidden_scenario_holds_is_not_shown() {
    let words = words(&sample::grades(), "dot");
    assert!(words.contains("other random values for grading"), "{words}");
    assert!(!words.contains("The timeline differs") && !words.contains("0 ms"), "{words}");
}

#[test]
fn what_is_not_written_yet_is_a_list_and_no_reproach() {
    let words = words(&sample::grades(), "bob");
    assert!(
        words.contains("|1 of 3 tests passed.|Not written yet|Two jobs run at the same time. 6 points lost.|"),
        "{words}"
    );
    assert!(!words.contains("this is the next thing to write"), "{words}");
}

#[test]
fn an_unreadable_submission_says_why_and_nothing_else() {
    let mut grades = sample::grades();
    grades.submissions[1].problem = Some("The archive is cut off.".into());
    for quest in &mut grades.submissions[1].quests {
        *quest = sample::stopped(quest.number, QuestState::NotHandedIn, "");
    }
    let words = words(&grades, "ann");
    assert!(words.contains("|Your submission could not be read|The archive is cut off.|"), "{words}");
    assert!(!words.contains("Your quests"), "{words}");
}

#[test]
fn a_learner_is_called_by_name_and_sees_nobody_else() {
    let grades = sample::grades();
    let words = words(&grades, "ann");
    assert!(
        words.contains("Event loops, spring term, submission ann|Feedback for Ann Lovelace|30| of 30 points|"),
        "{words}"
    );
    assert!(!words.contains("bob") && !words.contains("4711"), "{words}");
}

#[test]
fn passed_tests_and_quests_take_no_room() {
    let words = words(&sample::grades(), "dot");
    assert!(!words.contains("Quest 1:") && !words.contains("Two jobs run at the same time"), "{words}");
}
