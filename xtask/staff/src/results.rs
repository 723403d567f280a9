//! The grades of a class for its reports: in memory after grading, or in the files of its shards after a merge.

use crate::merge::joined;
use crate::merge::stored::StoredClass;
use crate::model::{GradedSubmission, Grades};
use std::borrow::Cow;
use std::thread;

type Adjustment = Box<dyn Fn(&mut GradedSubmission) + Sync>;

/// How many submissions a thread has in memory. Large enough that threads are worth starting.
const BATCH: usize = 8;

/// The grades of a class.
pub struct ClassResults {
    /// If the texts are in files, only the outline.
    grades: Grades,
    files: Option<StoredClass>,
    adjustments: Vec<Adjustment>,
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
    pub fn adjust(&mut self, change: impl Fn(&mut GradedSubmission) + Sync + 'static) {
        self.grades.submissions.iter_mut().for_each(&change);
        self.adjustments.push(Box::new(change));
    }

    /// At least the outline of the class.
    pub fn grades(&self) -> &Grades {
        &self.grades
    }

    /// Renders every submission with all its texts, in several threads, and calls `write` with what came out, in the order of their
    /// ids. Of submissions in files, only a few are in memory at a time.
    pub fn render_each<R: Send>(
        &self,
        render: impl Fn(&GradedSubmission) -> anyhow::Result<R> + Sync,
        mut write: impl FnMut(R) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let render_batch =
            |batch: &[GradedSubmission]| batch.iter().map(|outline| render(&*self.whole(outline)?)).collect::<Vec<_>>();
        for batches in self.grades.submissions.chunks(workers * BATCH) {
            thread::scope(|scope| {
                let threads: Vec<_> = batches.chunks(BATCH).map(|batch| scope.spawn(|| render_batch(batch))).collect();
                for thread in threads {
                    joined(thread).into_iter().try_for_each(|rendered| write(rendered?))?;
                }
                Ok::<_, anyhow::Error>(())
            })?;
        }
        Ok(())
    }

    /// The submission with all its texts.
    fn whole<'a>(&self, outline: &'a GradedSubmission) -> anyhow::Result<Cow<'a, GradedSubmission>> {
        let Some(files) = &self.files else { return Ok(Cow::Borrowed(outline)) };
        let mut whole = files.read(&outline.id)?;
        self.adjustments.iter().for_each(|change| change(&mut whole));
        Ok(Cow::Owned(whole))
    }

    /// What the reports on the whole class need. The same for results in memory and in files.
    #[must_use]
    pub fn into_outline(self) -> Grades {
        self.grades.outlined()
    }
}
