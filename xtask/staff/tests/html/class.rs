//! The page for a teacher.

use super::sample;
use staff::model::{Grades, Intake, Shard};
use staff::report::html;
use staff::similarity::{Cluster, Pair};

/// The file of a submission's page; not its name, since a name can be anything.
pub fn file(id: &str) -> String {
    let letters: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{letters}.html")
}

/// The page as this test makes it.
pub fn page(grades: &Grades) -> String {
    html::class_report(grades, &clusters(), &["One name is not in the roster: s9.".into()], &|it| file(&it.id))
}

/// A pair, copies of several quests, and a copy of the solution.
pub fn clusters() -> Vec<Cluster> {
    let group = |members: &[&str], quests: &[u32], identical, equals_solution, shared| Cluster {
        quests: quests.to_vec(),
        members: members.iter().map(ToString::to_string).collect(),
        similarity: if identical { 100 } else { 71 },
        identical,
        equals_solution,
        shared,
        pairs: match members {
            [left, right, ..] => {
                let pair = |quest| Pair { quest, left: (*left).into(), right: (*right).into(), similarity: 71, shared };
                quests.iter().copied().map(pair).collect()
            }
            _ => Vec::new(),
        },
    };
    vec![
        group(&["ann", "bob"], &[1], false, false, 84),
        group(&["s10", "s9"], &[1, 2, 3], true, false, 70),
        group(&["cid", "dot", sample::HOSTILE, "elsewhere"], &[1], true, false, 3),
        group(&["eve"], &[1], true, true, 0),
    ]
}

/// A section of the page, without its markup.
fn section(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section aria-labelledby=\"{id}\">")).expect("the section");
    let section = page[start..].split_once("</section>").expect("its end").0;
    let parts = section.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("|")
}

#[test]
fn what_needs_a_teacher_comes_first() {
    let mut grades = sample::grades();
    grades.confinement.missing = vec!["The network: this kernel has no namespaces.".into()];
    let [_, _, first, second, third, ..] = &mut grades.submissions[..] else { panic!("a class of five") };
    third.remarks = vec!["Of two archives, `final.zip` counts.".into()];
    for (submission, intake, problem) in [
        (second, Intake::Unreadable, "The archive is cut off."),
        (first, Intake::NotRecognized, "No quest was recognized in: hw.rar"),
    ] {
        (submission.intake, submission.problem) = (intake, Some(problem.into()));
    }
    let look = section(&page(&grades), "look");
    let expected = [
        "No score, because no quest was recognized in what was handed in: 1 submission|bob|: No quest was recognized in: hw.rar|",
        "|No score, because what was handed in could not be read: 1 submission|cid|: The archive is cut off.|",
        "|One name is not in the roster: s9.|",
        "|Submitted code was not fully confined. Missing guarantees:|The network: this kernel has no namespaces.|",
        "|What was handed in differently: 1 remark|dot|: Of two archives, `final.zip` counts.|",
        "|Not graded because the grader or the machine failed; grade them again: 1 file|eve|, quest 3: no space left on device|",
        "|Rejected before compilation: 1 file|dot|, quest 3: line 3: unsafe code",
    ];
    let places = expected.map(|text| look.find(text).unwrap_or_else(|| panic!("{text} is not in {look}")));
    assert!(places.is_sorted(), "{look}");
}

#[test]
fn a_class_without_problems_says_so() {
    let mut grades = sample::grades();
    grades.submissions.truncate(3);
    let page = html::class_report(&grades, &[], &[], &|it| file(&it.id));
    assert!(section(&page, "look").contains("Nothing needs your attention"));
    let noted = html::class_report(&grades, &[], &["A note.".into()], &|it| file(&it.id));
    assert!(!section(&noted, "look").contains("Nothing needs your attention"));
    assert!(section(&page, "alike").contains("No two files are similar"));
}

#[test]
fn quests_are_listed_by_difficulty_and_what_is_not_known_lowers_no_mean() {
    let quests = section(&page(&sample::grades()), "quests");
    // Quest 3: two of the seven that are known have 10 points.
    assert!(quests.contains("|3 The event queue|2.9|10|29 %|43 %|2 Timers|6.1|10|50 %|13 %|1 Blocking"), "{quests}");
}

#[test]
fn tests_that_failed_most_come_with_what_they_expect() {
    let tests = section(&page(&sample::grades()), "tests");
    let first =
        "|Two jobs run one after the other: 3 s, then 2 s.|one_after_the_other|1|3|8|Two jobs run at the same time.|";
    assert!(tests.contains(first), "{tests}");
    // A learner who has written nothing has not failed.
    assert!(tests.contains("|scenario|2|1|5"), "{tests}");
}

#[test]
fn a_cell_says_in_words_what_its_sign_means() {
    let page = page(&sample::grades());
    assert!(page.contains(
        "<td class=\"number unknown\" title=\"not graded\" data-key=\"-1\"><span aria-hidden=\"true\">?</span>\
         <span class=\"hidden\">not graded</span></td>"
    ));
    assert!(page.contains("<td class=\"number all\" title=\"passed\" data-key=\"10\">10</td>"));
    assert!(page.contains("<td class=\"number none\" title=\"red\" data-key=\"0\">0</td>"));
}

#[test]
fn similarity_is_not_an_accusation() {
    let alike = section(&page(&sample::grades()), "alike");
    assert!(alike.contains("Similarity is a reason to take a look, but proves nothing."), "{alike}");
    assert!(alike.contains("|1|ann|bob|71 % or more|84|ann and bob|"), "{alike}");
    assert!(alike.contains("|1–3|s10|s9|identical in 3 quests|70|quest 1|: s10 and s9|quest 2|"), "{alike}");
    assert!(alike.contains("|elsewhere|identical, with little code that counts|3|"), "{alike}");
    assert!(alike.contains("|eve|equal to the course’s solution|"), "{alike}");
}

#[test]
fn a_file_of_any_name_can_be_linked() {
    let grades = sample::grades();
    let page = html::class_report(&grades, &[], &[], &|it| format!("{} ?#%.html", it.id));
    assert!(page.contains("href=\"feedback/ann%20%3F%23%25.html\""));
    assert!(page.contains("href=\"feedback/%3Cscript%3Ealert%281%29%3C%2Fscript%3E%20%3F%23%25.html\""));
}

#[test]
fn a_shard_of_a_class_says_which() {
    let mut grades = sample::grades();
    assert!(!page(&grades).contains("This is shard"));
    grades.shard = Shard { index: 2, count: 5 };
    assert!(page(&grades).contains("This is shard 2 of 5 of the class."));
}

#[test]
fn an_empty_class_has_a_page() {
    let mut grades = sample::grades();
    grades.submissions.clear();
    assert!(section(&page(&grades), "points").contains("No submission has a score"));
}

#[test]
fn the_same_grades_give_the_same_bytes() {
    assert_eq!(page(&sample::grades()), page(&sample::grades()));
}
