//! Compares what became of a class with what must become of it.

use crate::people::{Person, Truth};
use crate::running::Graded;
use pretty_assertions::assert_eq;
use staff::model::{GradedSubmission, Intake};

/// What must become of one person.
pub struct Expected {
    pub truth: Truth,
    /// Parts of what must be said about the work.
    pub remarks: Vec<&'static str>,
}

impl Expected {
    /// What is so on every platform.
    pub fn of(person: &Person) -> Self {
        Self { truth: person.work.truth, remarks: person.work.remark.into_iter().collect() }
    }
}

/// Everything that is not as it must be. `column` and `key` say which submission is whose.
pub fn check(
    graded: &Graded,
    class: &[Person],
    column: &str,
    key: fn(&Person) -> String,
    expect: fn(&Person) -> Expected,
) {
    assert_eq!(graded.grades.submissions.len(), class.len(), "{}", graded.said);
    let mut wrong: Vec<String> = Vec::new();
    let mut count = [0; 3];
    for person in class {
        let expected = expect(person);
        let found = graded.of(column, &key(person));
        let problems = differences(graded, found, &expected);
        wrong.extend(problems.iter().map(|problem| format!("{} ({}): {problem}", person.number, person.work.what)));
        let kind = match expected.truth {
            Truth::Points(_) => 0,
            Truth::NoScore(_) => 1,
            Truth::Nothing => 2,
        };
        count[kind] += 1;
    }
    assert_eq!(wrong, Vec::<String>::new(), "{}", graded.said);
    let [scored, without, absent] = count;
    let sums = format!("{scored} with a score, {without} without, {absent} handed in nothing.");
    assert!(graded.said.contains(&sums), "{sums}\n{}", graded.said);
    assert_eq!(graded.code, Some(i32::from(without > 0)), "{}", graded.said);
}

fn differences(graded: &Graded, found: &GradedSubmission, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |is_so: bool, what: &str| {
        if !is_so {
            wrong.push(format!("{what}: {:?} {:?} {:?}", found.intake, found.problem, found.remarks));
        }
    };
    let problem = found.problem.clone().unwrap_or_default();
    let earned = found.earned();
    match expected.truth {
        Truth::Points(points) => {
            must(found.intake == Intake::Accepted, "it is not accepted");
            must(earned == Some(points.into()), &format!("{earned:?} in place of {points}"));
        }
        Truth::NoScore(words) => {
            must(found.intake.needs_attention() && earned.is_none(), &format!("{earned:?} in place of no score"));
            must(problem.contains(words), &format!("its reason does not say {words:?}"));
            // The report may cut a long reason.
            let beginning: String = problem.chars().take(60).collect();
            must(graded.report_says(&beginning), "the report does not say why");
            must(graded.said.contains(&format!("No score for {}: {beginning}", found.id)), "the teacher is not told");
        }
        Truth::Nothing => {
            must(found.intake == Intake::Missing && earned.is_none(), &format!("{earned:?} in place of nothing"));
            must(graded.said.contains(&format!("Nothing from {}.", found.id)), "the teacher is not told");
        }
    }
    for words in &expected.remarks {
        must(found.remarks.iter().any(|remark| remark.contains(words)), &format!("nothing says {words:?}"));
        must(graded.report_says(words), &format!("the report does not say {words:?}"));
    }
    wrong
}
