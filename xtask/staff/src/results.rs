//! The grades of a class for its reports: in memory after grading, or in the files of its shards after a merge.

use crate::anonymous::Numbers;
use crate::merge::joined;
use crate::merge::stored::StoredClass;
use crate::model::{GradedSubmission, Grades};
use std::borrow::Cow;
use std::collections::HashMap;
use std::thread;

/// How many submissions a thread renders at a time. Large enough that threads are worth starting.
const BATCH: usize = 8;

/// The grades of a class.
pub struct ClassResults {
    /// If the texts are in files, only the outline. Whatever is changed here holds: only texts come from the files.
    pub grades: Grades,
    texts: Option<StoredClass>,
}

/// The class as reports show it.
pub struct ShownClass<'a> {
    pub grades: Cow<'a, Grades>,
    /// By what submissions are called here: their ids, where those are different.
    ids: HashMap<String, String>,
    /// What hides the names in texts that come from files.
    numbers: Option<&'a Numbers>,
}

impl ClassResults {
    pub fn in_memory(grades: Grades) -> Self {
        Self { grades, texts: None }
    }

    /// `outline` is that of the submissions whose `texts` are in files.
    pub fn in_files(outline: Grades, texts: StoredClass) -> Self {
        Self { grades: outline, texts: Some(texts) }
    }

    /// With the names that the submissions have.
    pub fn named(&self) -> ShownClass<'_> {
        ShownClass { grades: Cow::Borrowed(&self.grades), ids: HashMap::new(), numbers: None }
    }

    /// With numbers in place of names.
    pub fn numbered<'a>(&self, numbers: &'a Numbers) -> ShownClass<'a> {
        let ids = self.grades.submissions.iter().map(|graded| (numbers.number(&graded.id), graded.id.clone()));
        ShownClass { ids: ids.collect(), grades: Cow::Owned(numbers.hide(&self.grades)), numbers: Some(numbers) }
    }

    /// Renders every submission with all its texts, in several threads, and calls `write` with what came out, in the order of the
    /// class that is shown. Of submissions in files, only a few are in memory at a time.
    pub fn render_each<R: Send>(
        &self,
        shown: &ShownClass,
        render: impl Fn(&GradedSubmission) -> anyhow::Result<R> + Sync,
        mut write: impl FnMut(R) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let render_one = |outline: &GradedSubmission| {
            let id = shown.ids.get(&outline.id).unwrap_or(&outline.id);
            render(&*self.whole(outline, id, shown.numbers)?)
        };
        for batches in shown.grades.submissions.chunks(workers * BATCH) {
            thread::scope(|scope| {
                let batches = batches.chunks(BATCH);
                let threads: Vec<_> =
                    batches.map(|batch| scope.spawn(|| batch.iter().map(render_one).collect::<Vec<_>>())).collect();
                for thread in threads {
                    joined(thread).into_iter().try_for_each(|rendered| write(rendered?))?;
                }
                Ok::<_, anyhow::Error>(())
            })?;
        }
        Ok(())
    }

    /// The submission `id` with all its texts, in which `numbers` hide the names.
    fn whole<'a>(
        &self,
        outline: &'a GradedSubmission,
        id: &str,
        numbers: Option<&Numbers>,
    ) -> anyhow::Result<Cow<'a, GradedSubmission>> {
        let Some(texts) = &self.texts else { return Ok(Cow::Borrowed(outline)) };
        let mut whole = outline.clone().with_texts_of(texts.read(id)?);
        numbers.inspect(|numbers| numbers.hide_texts(&mut whole));
        Ok(Cow::Owned(whole))
    }

    /// What the reports on the whole class need. The same for results in memory and in files.
    #[must_use]
    pub fn into_outline(self) -> Grades {
        self.grades.outlined()
    }
}
