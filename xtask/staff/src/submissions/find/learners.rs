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
    /// would be absent otherwise.
    fn give_files_to_the_absent(&mut self) {
        let mut absent: Vec<&mut FoundSubmission> =
            self.sources.iter_mut().filter(|source| source.place == SubmissionPath::Missing).collect();
        let roster = Roster::of_learners(absent.iter().map(|source| source.learner.clone()));
        for path in &self.ignored {
            let name = name(path);
            let stem = Path::new(&name).file_stem().and_then(OsStr::to_str).unwrap_or(&name);
            let why = format!("`{}` is neither a folder nor {}", escape(&name), archive::READABLE);
            let place = SubmissionPath::Rejected(path.clone(), why);
            let mut file = vec![FoundSubmission {
                id: names::id(&escape(stem)).into_owned(),
                ..FoundSubmission::new(place.clone())
            }];
            roster.introduce(&mut file);
            let is_author = |source: &&mut FoundSubmission| {
                source.id == file[0].id || (!source.learner.is_empty() && source.learner == file[0].learner)
            };
            if let Some(author) = absent.iter().position(is_author) {
                absent[author].place = place;
            }
        }
    }

    /// Of a part of a class, those on the roster who are not in this part are not absent.
    pub fn without_absent(&mut self) {
        self.sources.retain(|source| source.place != SubmissionPath::Missing);
    }
}
