//! The numbers and states of a class without its long texts: all that the reports on the whole class need. A class of ten thousand
//! fits into memory as an outline; its texts do not.

use crate::model::{GradedSubmission, Grades, QuestGrade, TestGrade};

impl Grades {
    /// Without the texts of tests, and of details only the first line.
    #[must_use]
    pub fn outlined(mut self) -> Self {
        self.submissions = self.submissions.into_iter().map(GradedSubmission::outlined).collect();
        self
    }
}

impl GradedSubmission {
    /// Without the texts of its tests, and of details only the first line.
    #[must_use]
    pub fn outlined(mut self) -> Self {
        self.quests = self.quests.into_iter().map(QuestGrade::outlined).collect();
        self
    }

    /// The same grades with the texts that their outline lacks, from `whole`.
    #[must_use]
    pub fn with_texts_of(mut self, whole: Self) -> Self {
        for (quest, whole) in self.quests.iter_mut().zip(whole.quests) {
            quest.detail = whole.detail;
            for (test, TestGrade { why, expected, seen, output, .. }) in quest.tests.iter_mut().zip(whole.tests) {
                (test.why, test.expected, test.seen, test.output) = (why, expected, seen, output);
            }
        }
        self
    }
}

impl QuestGrade {
    fn outlined(self) -> Self {
        let mut tests: Vec<TestGrade> = self.tests.into_iter().map(TestGrade::outlined).collect();
        // Collected in place, it has room for twice as many.
        tests.shrink_to_fit();
        Self { detail: first_line(&self.detail), tests, ..self }
    }
}

impl TestGrade {
    fn outlined(self) -> Self {
        Self { why: String::new(), expected: None, seen: None, output: String::new(), ..self }
    }
}

fn first_line(text: &str) -> String {
    text.trim().lines().next().unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::model::GradedSubmission;
    use crate::report::sample::class;
    use crate::report::{canvas, csv, html, junit};

    #[test]
    fn an_outline_holds_no_text_of_a_test() {
        let (whole, outline) = (class(), class().outlined());
        let texts = |submissions: &[GradedSubmission]| {
            let tests = submissions.iter().flat_map(|submission| &submission.quests).flat_map(|quest| &quest.tests);
            tests.map(|test| test.why.len() + test.output.len() + test.seen.iter().len()).sum::<usize>()
        };
        assert_eq!(texts(&outline.submissions), 0);
        assert!(texts(&whole.submissions) > 0);
    }

    #[test]
    fn an_outline_and_its_texts_are_the_whole() {
        for whole in class().submissions {
            assert_eq!(whole.clone().outlined().with_texts_of(whole.clone()), whole);
        }
    }

    /// `moodle` reads only totals and the roster, as `canvas` does.
    #[test]
    fn the_reports_on_the_class_need_no_more_than_its_outline() {
        let (whole, outline) = (class(), class().outlined());
        let page = |grades| {
            html::class_report(grades, &[], &["a note".to_owned()], &|graded: &GradedSubmission| graded.id.clone())
        };
        assert_eq!(page(&outline), page(&whole));
        assert_eq!(csv::render(&outline), csv::render(&whole));
        let canvas = |grades| canvas::render(grades, "Event loops (1)").unwrap();
        assert_eq!(canvas(&outline), canvas(&whole));
        assert_eq!(junit::counts(&outline), junit::counts(&whole));
    }
}
