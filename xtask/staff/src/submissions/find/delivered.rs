//! Adds what a platform has delivered for one learner, or for each submitter of an export.

use super::{SubmissionList, entries, no_submission};
use crate::submissions::names;
use crate::submissions::platforms::gradescope::{Export, ExportedSubmission, METADATA};
use crate::submissions::platforms::{PlatformName, gather, gradescope};
use crate::submissions::source::{FoundSubmission, SubmissionPath};
use crate::text::escape::{escape, escape_os};
use std::fs;
use std::path::{Path, PathBuf};

impl SubmissionList {
    /// Adds the submission of one learner, whose files or folders a platform has named.
    pub(super) fn add_named(&mut self, parts: &[(PlatformName, PathBuf)]) -> anyhow::Result<()> {
        let folders: Vec<&PathBuf> = parts
            .iter()
            .filter(|(name, path)| name.file.is_empty() && !name.is_online_text && path.is_dir())
            .map(|(_, path)| path)
            .collect();
        let first = parts.iter().find(|(name, _)| !name.is_online_text).unwrap_or(&parts[0]);
        let place = if folders.len() > 1 {
            // The learner reads it, too: only what lies beside each other is named.
            let names = folders.iter().map(|path| escape_os(path.file_name().unwrap_or_default()));
            let places: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            SubmissionPath::Duplicates(format!(
                "{} folders are of one learner: {}. Remove all but the one that counts",
                folders.len(),
                places.join(" and ")
            ))
        } else {
            gather::gather(parts, || self.stage())?
        };
        let mut source = FoundSubmission {
            id: names::id(&escape(&first.0.id)).into_owned(),
            learner: first.0.learner.clone(),
            ..FoundSubmission::new(place)
        };
        if parts.iter().any(|(name, _)| name.is_late) {
            source.remarks.push("The platform marks it as late.".to_owned());
        }
        if parts.iter().any(|(name, _)| name.is_online_text) && !first.0.is_online_text {
            source.remarks.push("Besides the files, a text was typed into the platform. It is not graded.".to_owned());
        }
        self.sources.push(source);
        Ok(())
    }

    /// Adds the submissions in `folder` if it is an export from Gradescope.
    pub(super) fn add_if_export(&mut self, folder: &Path) -> anyhow::Result<bool> {
        let export = gradescope::read(folder);
        let is_export = export.is_some();
        match export {
            Some(export) => self.add_export(folder, export)?,
            None if folder.join(METADATA).is_file() => self.notes.push(format!(
                "{} is not used: no folder from Gradescope lies beside it, or code does, so this is no export",
                list_in(folder)
            )),
            None => {}
        }
        Ok(is_export)
    }

    /// Adds the submissions of an export: one for each submitter. Of several by one person, the newest counts.
    fn add_export(&mut self, folder: &Path, export: Export) -> anyhow::Result<()> {
        let named: Vec<String> = export.submissions.iter().map(|one| one.folder.clone()).collect();
        self.notes.push(read_as_export(folder, export.problem.as_deref()));
        for one in newest(export.submissions) {
            let (one, older) = one;
            // The list may be a learner's: it names folders beside it, and nothing elsewhere.
            let is_beside = matches!(
                Path::new(&one.folder).components().collect::<Vec<_>>()[..],
                [std::path::Component::Normal(_)]
            );
            let path = if is_beside { folder.join(&one.folder) } else { folder.to_owned() };
            let place = match fs::symlink_metadata(&path) {
                Ok(_) if !is_beside => {
                    let why = format!("{METADATA} names `{}`, which is no folder beside it", escape(&one.folder));
                    SubmissionPath::Rejected(path, why)
                }
                Ok(metadata) if metadata.is_dir() => SubmissionPath::Folder(path.clone()),
                _ => {
                    let why = format!("{METADATA} names it, but there is no folder of this name");
                    SubmissionPath::Rejected(path, why)
                }
            };
            let mut source = FoundSubmission {
                id: names::id(&escape(&one.id)).into_owned(),
                learner: one.learner,
                submitted: one.submitted.map(|time| time.to_string()),
                ..FoundSubmission::new(place)
            };
            if !one.group.is_empty() {
                let members: Vec<String> = one.group.iter().map(|member| escape(member)).collect();
                source
                    .remarks
                    .push(format!("Handed in by a group, and each member gets this score: {}.", members.join(", ")));
            }
            source.remarks.extend(older.map(|folder| {
                format!("The newest submission counts. An older one was not graded: {}.", escape(&folder))
            }));
            self.sources.push(source);
        }
        for (name, path) in entries(folder)? {
            if name == METADATA || named.contains(&name) {
                continue;
            }
            if let Some(why) = no_submission(&name, &path) {
                self.leave_out(&name, &path, why);
            } else if export.problem.is_some() && gradescope::is_exports(&name) {
                // Whose it is, and whether a newer one counts, is not known.
                let place = SubmissionPath::Rejected(path, NOBODYS.to_owned());
                self.sources.push(FoundSubmission {
                    id: names::id(&escape(&name)).into_owned(),
                    ..FoundSubmission::new(place)
                });
            } else {
                self.add_entry(folder, &name, path)?;
            }
        }
        Ok(())
    }
}

/// Why a submission is not graded that the list does not describe, because it could not be read.
const NOBODYS: &str = "Gradescope's list, `submission_metadata.yml`, cannot be read where it says whose this is; your \
     teacher sees why";

/// The list, for people. Its folder may be a temporary one, so only its name is said.
fn list_in(folder: &Path) -> String {
    format!("`{METADATA}` in `{}`", escape_os(folder.file_name().unwrap_or_default()))
}

/// A learner could have handed in what looks like an export, so the teacher is told that it was taken for one.
fn read_as_export(folder: &Path, problem: Option<&str>) -> String {
    let list = list_in(folder);
    match problem {
        None => format!("{list} says whose the submissions beside it are, since this is an export from Gradescope"),
        Some(why) => format!(
            "{list} cannot be read to its end, so the submissions that it does not describe are not graded, even if one \
             is somebody's newest: {}. Download the export again, or remove the list: then each folder is graded under its \
             own name",
            escape(why)
        ),
    }
}

/// Of several submissions by one person the newest, with the folder of an older one. Without times, all of them remain, and none is
/// graded if their ids are the same.
fn newest(exported: Vec<ExportedSubmission>) -> Vec<(ExportedSubmission, Option<String>)> {
    let mut kept: Vec<(ExportedSubmission, Option<String>)> = Vec::new();
    for one in exported {
        let is_same = |other: &ExportedSubmission| {
            ["email", "sis_user_id"]
                .iter()
                .any(|column| one.learner.get(*column).is_some_and(|cell| other.learner.get(*column) == Some(cell)))
        };
        let times = |other: &ExportedSubmission| one.submitted.zip(other.submitted);
        match kept.iter_mut().find(|(other, _)| is_same(other) && times(other).is_some_and(|(new, old)| new != old)) {
            Some(other) if one.submitted > other.0.submitted => {
                let older = std::mem::replace(&mut other.0, one);
                other.1 = Some(older.folder);
            }
            Some(other) => other.1 = Some(one.folder),
            None => kept.push((one, None)),
        }
    }
    kept
}
