//! Whose the submissions are, and who handed in nothing.

use super::{SubmissionList, name};
use crate::submissions::archive;
use crate::submissions::names;
use crate::submissions::roster::Roster;
use crate::submissions::source::{FoundSubmission, SubmissionPath};
use crate::text::escape::escape;
use std::ffi::OsStr;
use std::path::Path;

impl SubmissionList {
    /// Assigns learners to submissions, and adds those who handed in nothing.
    pub fn introduce(&mut self, rosters: impl IntoIterator<Item = Roster>) {
        for roster in rosters {
            self.unmatched.extend(roster.introduce(&mut self.sources));
            self.unmatched.extend(self.hidden.iter().cloned());
            self.sources.sort_by(|one, other| one.id.cmp(&other.id));
        }
        self.give_files_to_the_absent();
        let graded = self.unmatched.iter().filter(|id| !self.hidden.contains(id));
        self.notes
            .extend(graded.map(|id| format!("the roster has no row for the submission `{id}`; it is graded anyway")));
    }

    /// A file of the kind that teachers keep beside submissions was handed in after all if it has the name of somebody who
    /// would be absent otherwise. If it may be of several, nobody knows who is absent.
    fn give_files_to_the_absent(&mut self) {
        let mut absent: Vec<&mut FoundSubmission> =
            self.sources.iter_mut().filter(|source| source.place == SubmissionPath::Missing).collect();
        for path in &self.ignored {
            let name = name(path);
            let stem = Path::new(&name).file_stem().and_then(OsStr::to_str).unwrap_or(&name);
            let of = authors(stem, &name, &absent);
            match of[..] {
                [] => {}
                [author] => {
                    let why = format!("`{}` is neither a folder nor {}", escape(&name), archive::READABLE);
                    absent[author].place = SubmissionPath::Rejected(path.clone(), why);
                }
                _ => _ = self.unmatched.insert(names::id(&escape(stem)).into_owned()),
            }
        }
    }

    /// Of a part of a class, those on the roster who are not in this part are not absent.
    pub fn without_absent(&mut self) {
        self.sources.retain(|source| source.place != SubmissionPath::Missing);
    }
}

/// Those among the absent whose file this may be: by the name of their submission, or by what the roster says of them.
fn authors(stem: &str, name: &str, absent: &[&mut FoundSubmission]) -> Vec<usize> {
    let folded = |text: &str| text.to_lowercase();
    let names = [folded(&escape(stem)), folded(&escape(name))];
    let is_named = |source: &FoundSubmission| names.contains(&folded(&source.id));
    let is_described = |source: &FoundSubmission| source.learner.values().any(|cell| names[0] == folded(cell));
    let by = |is: &dyn Fn(&FoundSubmission) -> bool| -> Vec<usize> {
        absent.iter().enumerate().filter(|(_, source)| is(source)).map(|(index, _)| index).collect()
    };
    let by_name = by(&is_named);
    if !by_name.is_empty() {
        return by_name;
    }
    let described = by(&is_described);
    if !described.is_empty() {
        return described;
    }
    // As for submissions that are graded: by a part of the name, such as the name in front of a number.
    let roster = Roster::of_learners(absent.iter().map(|source| source.learner.clone()));
    let id = names::id(&escape(stem)).into_owned();
    let mut file = vec![FoundSubmission { id, ..FoundSubmission::new(SubmissionPath::Duplicates(String::new())) }];
    roster.introduce(&mut file);
    by(&|source| !source.learner.is_empty() && source.learner == file[0].learner)
}
