//! Numbers in place of names, for graders who should not know whose work they see.
//!
//! - [`names`]: finds learners' names in what teachers and programs wrote
//! - [`intake`]: what the grader says about files, without their names
//!
//! The numbers follow from the seed and the ids, in no order that tells anything, so they stay the same from run to
//! run. `grades.json` keeps the names, since everything else is made from it.

mod intake;
mod names;

use crate::fingerprint::Fingerprint;
use crate::model::{GradedSubmission, Grades, QuestState};
use crate::submissions::Submission;
use names::Names;
use std::collections::BTreeMap;

/// The number of each submission, by its id.
#[derive(Debug)]
pub struct Numbers {
    numbers: BTreeMap<String, String>,
    names: Names,
}

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
        let numbers: BTreeMap<String, String> = numbered.collect();
        let names = Names::of(grades, |id| numbers[id].as_str());
        Self { numbers, names }
    }

    /// What a submission is called instead.
    pub fn number(&self, id: &str) -> String {
        self.numbers.get(id).cloned().unwrap_or_else(|| "a submission".to_owned())
    }

    /// The same grades without names, in the order of the numbers.
    pub fn hide(&self, grades: &Grades) -> Grades {
        let mut hidden = grades.clone();
        hidden.unmatched.clear();
        let exempt =
            hidden.quests.iter_mut().flat_map(|quest| &mut quest.tests).filter_map(|test| test.exempt.as_mut());
        hidden.policy.iter_mut().chain(exempt).for_each(|text| self.names.hide(text));
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

    /// Replaces names in what the compiler and the tests said about a submission: its code may hold them.
    pub fn hide_texts(&self, submission: &mut GradedSubmission) {
        for quest in &mut submission.quests {
            match quest.state {
                // It names files.
                QuestState::NotRead => quest.detail = intake::without_names(&quest.detail),
                _ => self.names.hide(&mut quest.detail),
            }
            for test in &mut quest.tests {
                let observed = test.expected.iter_mut().chain(&mut test.seen);
                observed.chain([&mut test.why, &mut test.output]).for_each(|text| self.names.hide(text));
            }
        }
    }

    fn hide_one(&self, submission: &mut GradedSubmission) {
        submission.id = self.number(&submission.id);
        submission.learner.clear();
        let about_files = submission.problem.iter_mut().chain(&mut submission.remarks);
        about_files.for_each(|text| *text = intake::without_names(text));
        let comments = submission.adjustments.iter_mut().map(|adjustment| &mut adjustment.why);
        let comments = comments.chain(submission.quests.iter_mut().filter_map(|quest| quest.adjustment.as_mut()));
        comments.for_each(|text| self.names.hide(text));
        self.hide_texts(submission);
    }
}

#[cfg(test)]
mod tests;
