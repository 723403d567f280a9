//! The grades of a class for its reports: in memory after grading, or in the files of its shards after a merge.

use crate::merge::stored::StoredClass;
use crate::model::{GradedSubmission, Grades};

/// The grades of a class.
pub struct ClassResults {
    /// If the texts are in files, only the outline.
    grades: Grades,
    files: Option<StoredClass>,
    adjustments: Vec<Box<dyn Fn(&mut GradedSubmission)>>,
}

impl ClassResults {
    pub fn in_memory(grades: Grades) -> Self {
        Self { grades, files: None, adjustments: Vec::new() }
    }

    /// `outline` is that of the submissions in `files`.
    pub fn in_files(outline: Grades, files: StoredClass) -> Self {
        Self { grades: outline, files: Some(files), adjustments: Vec::new() }
    }

    /// Changes every submission, before anything is reported. What an outline does not hold must not matter.
    pub fn adjust(&mut self, change: impl Fn(&mut GradedSubmission) + 'static) {
        self.grades.submissions.iter_mut().for_each(&change);
        self.adjustments.push(Box::new(change));
    }

    /// At least the outline of the class.
    pub fn grades(&self) -> &Grades {
        &self.grades
    }

    /// Visits every submission with all its texts, in the order of their ids. Only one of them is in memory at a time, if they are in
    /// files.
    pub fn try_for_each(&self, mut visit: impl FnMut(&GradedSubmission) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for submission in &self.grades.submissions {
            match &self.files {
                None => visit(submission)?,
                Some(files) => {
                    let mut whole = files.read(&submission.id)?;
                    self.adjustments.iter().for_each(|change| change(&mut whole));
                    visit(&whole)?;
                }
            }
        }
        Ok(())
    }

    /// What the reports on the whole class need. The same for results in memory and in files.
    #[must_use]
    pub fn into_outline(self) -> Grades {
        self.grades.outlined()
    }
}
