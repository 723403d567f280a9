//! Numbers in place of names, for graders who should not know whose work they see.
//!
//! The numbers follow from the seed and the ids, in no order that tells anything, so they stay the same from run to run.
//! `grades.json` keeps the names, since everything else is made from it.

use crate::fingerprint::Fingerprint;
use crate::model::{GradedSubmission, Grades};
use crate::submissions::Submission;
use std::collections::BTreeMap;

/// The number of each submission, by its id.
#[derive(Debug)]
pub struct Numbers(BTreeMap<String, String>);

impl Numbers {
    /// Numbers for the submissions of a class.
    pub fn of(grades: &Grades) -> Self {
        let mut ids: Vec<(String, &str)> = grades
            .submissions
            .iter()
            .map(|graded| {
                let mut fingerprint = Fingerprint::default();
                fingerprint.add(&grades.seed.to_be_bytes()).add(b"anonymous").add(graded.id.as_bytes());
                (fingerprint.digits(), graded.id.as_str())
            })
            .collect();
        ids.sort();
        let digits = ids.len().to_string().len();
        let numbered = (1..).zip(ids).map(|(number, (_, id))| (id.to_owned(), format!("submission-{number:0digits$}")));
        Self(numbered.collect())
    }

    /// What a submission is called instead.
    pub fn number(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| "a submission".to_owned())
    }

    /// The same grades without names, in the order of the numbers.
    pub fn hide(&self, grades: &Grades) -> Grades {
        let mut hidden = grades.clone();
        hidden.unmatched.clear();
        for submission in &mut hidden.submissions {
            self.hide_one(submission);
        }
        hidden.submissions.sort_by(|one, other| one.id.cmp(&other.id));
        hidden
    }

    /// The same submissions under their numbers.
    pub fn hide_submissions(&self, submissions: &[Submission]) -> Vec<Submission> {
        let hidden = |submission: &Submission| Submission {
            id: self.number(&submission.id),
            learner: BTreeMap::new(),
            submitted: submission.submitted.clone(),
            hand_in: submission.hand_in.clone(),
        };
        submissions.iter().map(hidden).collect()
    }

    fn hide_one(&self, submission: &mut GradedSubmission) {
        let number = self.number(&submission.id);
        let names: Vec<String> = submission.learner.values().chain([&submission.id]).cloned().collect();
        submission.learner.clear();
        let texts = submission.problem.iter_mut().chain(&mut submission.remarks);
        for text in texts.chain(submission.adjustments.iter_mut().map(|adjustment| &mut adjustment.why)) {
            for name in names.iter().filter(|name| !name.is_empty()) {
                *text = text.replace(name.as_str(), &number);
            }
        }
        submission.id = number;
    }
}

#[cfg(test)]
mod tests {
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
    fn the_numbers_stay_the_same_and_are_not_in_the_order_of_the_names() {
        let grades = class();
        let numbers =
            |grades: &Grades| grades.submissions.iter().map(|it| Numbers::of(grades).number(&it.id)).collect();
        let first: Vec<String> = numbers(&grades);
        assert_eq!(first, numbers(&grades));
        assert!(!first.is_sorted(), "{first:?}");
        let other: Vec<String> = numbers(&Grades { seed: 5, ..class() });
        assert_ne!(first, other);
    }
}
