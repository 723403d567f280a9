//! How large reports become, whatever submissions say: every field of a class is huge here, and full of what no report may hold raw.

use super::sample::class;
use super::{Export, canvas, classroom, csv, gradescope, html, json, junit, moodle};
use crate::bounds::MAX_QUEST;
use crate::model::{
    Adjustment, GradedSubmission, Grades, Intake, QuestGrade, QuestInfo, QuestState, TestGrade, TestInfo,
};
use crate::text::truncate::{MAX_LINE, MAX_TEXT};
use serde_json::Value;
use xtask::course::SCENARIO;

/// Bytes of each field before it is cut.
const HUGE: usize = 8 * MAX_TEXT;

/// The maximum size of one submission in a report: some formats need five bytes for one.
const SUBMISSION: usize = 3 * MAX_QUEST * 6;

/// Every kind of character that is written longer than it is, or that a cut must not part.
fn huge(beginning: &str) -> String {
    let line = "é🦀\u{301} \"q\" \\ & < > ' \u{1b}[31mred\u{1b}]0;t\u{7} \u{202e} \u{0} \u{9b}2J =cmd|x ]]>\r\n";
    let mut text = format!("{beginning}\n");
    while text.len() < HUGE {
        text.push_str(line);
    }
    text + "the end"
}

fn test(name: &str, earned: u32, verdict: &str) -> TestGrade {
    TestGrade {
        name: name.into(),
        earned: earned.into(),
        verdict: verdict.into(),
        why: huge("why"),
        expected: Some(huge("expected")),
        seen: Some(huge("expected").replacen("the end", "another end", 1)),
        output: huge("output"),
    }
}

/// The sample's class with one submission a state, every text of which is huge.
fn huge_class() -> Grades {
    let mut grades = class();
    let states = [
        QuestState::Red,
        QuestState::Underway,
        QuestState::DoesNotCompile,
        QuestState::Rejected,
        QuestState::InfraError,
        QuestState::NotHandedIn,
        QuestState::NotRead,
    ];
    let quest = |number, state| QuestGrade {
        number,
        state,
        detail: huge("detail"),
        earned: (state != QuestState::InfraError).then_some(4.into()),
        adjustment: None,
        tests: match state {
            QuestState::Red | QuestState::Underway => {
                vec![
                    test("starts_at_once", 4, "wrong"),
                    test("ends_in_order", 0, "panicked"),
                    test(SCENARIO, 0, "wrong"),
                ]
            }
            _ => Vec::new(),
        },
        file: Some(huge("file")),
    };
    grades.title = huge("title");
    grades.submissions = states
        .into_iter()
        .enumerate()
        .map(|(index, state)| GradedSubmission {
            id: huge(&format!("id {index}")),
            learner: ["name", "email", "canvas_id", "section"].map(|column| (column.into(), huge(column))).into(),
            intake: if state == QuestState::NotRead { Intake::Unreadable } else { Intake::Accepted },
            problem: (state == QuestState::NotRead).then(|| huge("problem")),
            remarks: vec![huge("remark"); 100],
            submitted: None,
            adjustments: Vec::new(),
            quests: [1, 2, 3].map(|number| quest(number, state)).into(),
        })
        .collect();
    grades
}

fn strings(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, visit)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, visit)),
        _ => {}
    }
}

/// Nothing in it is obeyed by a terminal, and what was cut says so.
fn is_harmless(text: &str) {
    let bad = text.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || *c == '\u{202e}');
    assert_eq!(bad, None, "{}", text.chars().take(300).collect::<String>());
}

#[test]
fn every_field_of_every_grade_has_a_limit_and_says_that_it_was_cut() {
    let huge = huge_class();
    let grades = huge.clone().bounded();
    let text = json::render(&grades);
    let mut fields = 0;
    strings(&serde_json::from_str(&text).expect("it is JSON"), &mut |field| {
        fields += 1;
        assert!(field.len() <= MAX_TEXT, "{} bytes", field.len());
        is_harmless(field);
        assert!(field.len() < MAX_LINE / 2 || field.contains(" bytes omitted]"), "{field}");
    });
    assert!(fields > 100);
    assert!(text.len() < grades.submissions.len() * SUBMISSION, "{}", text.len());
    for (one, other) in huge.submissions.iter().zip(&grades.submissions) {
        let score = |graded: &GradedSubmission| {
            let quests = graded.quests.iter();
            quests
                .map(|quest| {
                    (quest.state, quest.earned, quest.tests.iter().map(|test| test.earned).collect::<Vec<_>>())
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(score(one), score(other), "the verdict stays");
        for quest in &other.quests {
            let texts = quest
                .tests
                .iter()
                .flat_map(|test| [test.expected.as_ref(), test.seen.as_ref(), Some(&test.why), Some(&test.output)]);
            let size: usize = texts.flatten().chain([&quest.detail]).map(String::len).sum();
            assert!(size <= MAX_QUEST, "{size}");
        }
    }
    assert_eq!(
        json::render(&grades.clone().bounded()),
        text,
        "what is cut is not cut again, so shards are merged as they are"
    );
}

#[test]
fn every_report_of_a_huge_class_has_a_limit() {
    let grades = huge_class().bounded();
    let count = grades.submissions.len();
    let page = |graded: &GradedSubmission| crate::submissions::file_name(&graded.id) + ".html";
    for (what, text) in [
        ("grades.csv", csv::render(&grades)),
        ("junit.xml", junit::render(&grades)),
        ("report.html", html::class_report(&grades, &[], &[], &page)),
    ] {
        assert!(text.len() < count * SUBMISSION, "{what}: {}", text.len());
        is_harmless(&text.replace("\r\n", "\n"));
    }
    for submission in &grades.submissions {
        let feedback = html::feedback(&grades, submission);
        assert!(feedback.len() < SUBMISSION, "{}", feedback.len());
        is_harmless(&feedback);
        let result = gradescope::render(&grades, submission).unwrap_or_default();
        assert!(result.len() <= 200_000, "{}", result.len());
        let result = classroom::render(&grades, submission);
        assert!(result.len() <= 90_000, "{}: it must fit into an environment variable", result.len());
        serde_json::from_str::<Value>(&result).expect("it is JSON");
    }
}

/// A gradebook's import, and what its teacher reads about it on the terminal.
fn is_bounded(what: &str, export: &Export, rows: usize) {
    assert!(export.text.len() < rows * SUBMISSION, "{what}: {}", export.text.len());
    is_harmless(&export.text.replace("\r\n", "\n"));
    for skipped in &export.skipped {
        let line = format!("{} {}", skipped.id, skipped.why);
        assert!(line.len() < 4 * MAX_LINE, "{what}: {}", line.len());
        is_harmless(&line);
    }
}

#[test]
fn every_import_of_a_huge_class_has_a_limit() {
    let grades = huge_class().bounded();
    let count = grades.submissions.len();
    let worksheet = "Identifier,Email address,Grade,Maximum grade\nParticipant 7,seven@example.org,,30.00\n";
    let assignment = "Event loops (1234)";
    // Nobody has an id that these gradebooks know.
    let exports = [canvas::render(&grades, assignment), moodle::fill(&grades, worksheet, None)];
    for (what, export) in ["canvas.csv", "moodle.csv"].into_iter().zip(exports) {
        let export = export.expect("an import");
        assert!(export.skipped.len() >= count, "{what}");
        is_bounded(what, &export, count);
    }
    let mut known = grades;
    for (number, submission) in (7..).zip(&mut known.submissions) {
        submission.learner.insert("canvas_id".into(), number.to_string());
        submission.learner.insert("moodle_id".into(), number.to_string());
        submission.learner.insert("sis_login_id".into(), submission.learner["section"].clone());
    }
    let exports = [canvas::render(&known, assignment), moodle::fill(&known, worksheet, None)];
    for (what, export) in ["canvas.csv", "moodle.csv"].into_iter().zip(exports) {
        let export = export.expect("an import");
        assert!(export.text.contains(",12"), "somebody has a grade: {}", export.text.len());
        is_bounded(what, &export, count);
        for row in ::csv::Reader::from_reader(export.text.as_bytes()).records() {
            assert!(row.expect("rows as long as the header").iter().all(|cell| cell.len() <= 32_767), "{what}");
        }
    }
}

#[test]
fn every_cell_fits_into_a_spreadsheet_and_every_document_is_well_formed() {
    let grades = huge_class().bounded();
    for row in ::csv::Reader::from_reader(csv::render(&grades).as_bytes()).records() {
        for cell in &row.expect("rows as long as the header") {
            assert!(cell.encode_utf16().count() <= 32_767, "{}", cell.len());
        }
    }
    let xml = junit::render(&grades);
    let document = roxmltree::Document::parse(&xml).expect("it is XML");
    for node in document.descendants() {
        assert!(node.attributes().all(|attribute| attribute.value().len() <= 4 * MAX_LINE), "{node:?}");
        assert!(node.text().unwrap_or_default().len() <= MAX_QUEST + MAX_TEXT, "{node:?}");
    }
}

/// A text of at most `most` bytes, of the kinds that learners' programs print.
fn any_text(random: &mut fastrand::Rng, most: usize) -> String {
    let lines = ["\u{1b}[31m\u{7}", "\\\"\t", "日本", "🦀", "0 ms  Task  beat", "<&>]]>", "\u{202e}\u{0}\u{9b}"];
    let mut text = String::new();
    let most = random.usize(0..=most);
    while text.len() < most {
        text.push_str(lines[random.usize(..lines.len())]);
        if random.u8(..8) == 0 {
            text.push('\n');
        }
    }
    text
}

/// A submission to a course as large as this one, whose every text may be as long as it can be.
fn any_submission(random: &mut fastrand::Rng, most: usize) -> Grades {
    let mut grades = class();
    let quest = |number: u32| {
        let info = |index: u32| TestInfo {
            name: if index == 10 {
                SCENARIO.into()
            } else {
                format!("what_a_task_puts_runs_after_what_was_queued_{index}")
            },
            ..grades.quests[0].tests[0].clone()
        };
        QuestInfo { number, tests: (0..11).map(info).collect(), ..grades.quests[0].clone() }
    };
    grades.quests = (1..=10).map(quest).collect();
    let mut submission = grades.submissions[0].clone();
    submission.intake = Intake::Accepted;
    submission.problem = None;
    submission.remarks = (0..random.usize(0..30)).map(|_| any_text(random, 3_000)).collect();
    submission.adjustments = (0..random.usize(0..20))
        .map(|_| Adjustment { points: random.u32(0..3).into(), why: any_text(random, 20_000) })
        .collect();
    submission.quests = (1..=10)
        .map(|number| {
            let stopped = random.u8(..4) == 0;
            let state = if stopped { QuestState::DoesNotCompile } else { QuestState::Red };
            let tests = grades.quests[0].tests.iter().map(|info| TestGrade {
                name: info.name.clone(),
                earned: random.u32(0..3).into(),
                verdict: "wrong".into(),
                why: any_text(random, most),
                expected: Some(any_text(random, most)),
                seen: Some(any_text(random, most)),
                output: any_text(random, most),
            });
            let tests = if stopped { Vec::new() } else { tests.collect() };
            let detail = any_text(random, most);
            QuestGrade { number, state, detail, earned: Some(5.into()), adjustment: None, tests, file: None }
        })
        .collect();
    grades.submissions = vec![submission];
    grades
}

/// The scores in a platform's document.
fn scores_in(document: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(document).expect("it is JSON");
    let tests = value["tests"].as_array().expect("tests").iter().map(|test| test["score"].to_string());
    [value["score"].to_string(), value["max_score"].to_string()].into_iter().chain(tests).collect()
}

#[test]
fn whatever_a_program_prints_a_platform_takes_its_result_and_the_scores_stay() {
    let mut random = fastrand::Rng::with_seed(11);
    let mut cut = 0;
    for round in 0..8 {
        let raw = any_submission(&mut random, [0, 100, MAX_TEXT, HUGE][round % 4]);
        let mut short = raw.clone();
        for quest in &mut short.submissions[0].quests {
            quest.detail.clear();
            for test in &mut quest.tests {
                (test.why, test.expected, test.seen, test.output) = (String::new(), None, None, String::new());
            }
        }
        // Also without the limits on each field.
        let grades = if round < 4 { raw } else { raw.bounded() };
        let submission = &grades.submissions[0];
        let result = gradescope::render(&grades, submission).expect("a score");
        assert!(result.len() <= 200_000, "{round}: {}", result.len());
        assert_eq!(scores_in(&result), scores_in(&gradescope::render(&short, &short.submissions[0]).expect("a score")));
        cut += usize::from(result.contains("Long texts were cut."));
        let result = classroom::render(&grades, submission);
        let variable = "GRADE_RESULTS=".len() + result.len().div_ceil(3) * 4 + 1;
        assert!(variable <= 128 << 10, "{round}: {variable}");
        assert_eq!(scores_in(&result), scores_in(&classroom::render(&short, &short.submissions[0])));
    }
    assert!(cut >= 4, "{cut}");
}
