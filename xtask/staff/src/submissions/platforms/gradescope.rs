//! Gradescope's export: a folder for each submission, and `submission_metadata.yml`, which says whose they are. Its keys are Ruby's
//! symbols, such as `:submitters:`.

use super::learner;
use crate::submissions::layout::ends_with;
use crate::submissions::open;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Take};
use std::mem;
use std::path::Path;

/// The file with the submitters.
pub const METADATA: &str = "submission_metadata.yml";

/// How the names of an export's folders begin.
const FOLDER: &str = "submission_";

/// What the list of an export says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// Each member of a group has one.
    pub submissions: Vec<ExportedSubmission>,
    /// Why the list could not be read to its end; then some submissions may not be described.
    pub problem: Option<String>,
}

/// A submission of the export, for one of its submitters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedSubmission {
    /// The name of its folder.
    pub folder: String,
    pub id: String,
    pub learner: BTreeMap<String, String>,
    pub submitted: Option<Timestamp>,
    /// Of a group, all members.
    pub group: Vec<String>,
}

/// Whether the folder is an export.
pub fn is_export(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    is_export_of(names.iter().map(String::as_str))
}

/// Whether a folder with these names in it is an export: a list, beside folders that Gradescope has named. Code lies
/// only in those, so one learner's folder is none, although it may hold a file with the name of the list.
pub fn is_export_of<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    let (mut has_list, mut has_folders) = (false, false);
    for name in names {
        match name {
            METADATA => has_list = true,
            _ if ends_with(name, ".rs") => return false,
            _ => has_folders |= is_exports(name),
        }
    }
    has_list && has_folders
}

/// Whether Gradescope gives this name to a folder.
pub fn is_exports(name: &str) -> bool {
    name.starts_with(FOLDER) && name != METADATA
}

/// The submissions of the export in `folder`; none if it is no export.
pub fn read(folder: &Path) -> Option<Export> {
    is_export(folder).then(|| read_list(&folder.join(METADATA)))
}

fn read_list(path: &Path) -> Export {
    let list = || open::regular_file(path).map(|file| BufReader::new(file.take(LARGEST_LIST + 1)));
    let whole = list().and_then(|mut list| {
        let parsed = parse(&mut list);
        if list.get_ref().limit() == 0 { Err(too_large()) } else { parsed }
    });
    match whole {
        Ok(submissions) => Export { submissions, problem: None },
        // One entry that is broken must not cost the others anything.
        Err(why) => Export { submissions: list().map(sound_entries).unwrap_or_default(), problem: Some(why) },
    }
}

/// The maximum size of a list. The results of the autograder are in it, too, so that each of 10,000 submissions has
/// 100 KiB.
const LARGEST_LIST: u64 = 1 << 30;

/// The maximum number of values in a list: each of 10,000 submissions has 2,000.
const MOST_VALUES: usize = 20_000_000;

/// The maximum size of an entry that is read by itself.
const LARGEST_ENTRY: usize = 16 << 20;

fn too_large() -> String {
    format!("it is larger than {} MiB, and no list of 10,000 submissions is", LARGEST_LIST >> 20)
}

/// What the list says about one submission. Everything else in it is passed over.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = ":submitters", default)]
    submitters: Value,
    #[serde(rename = ":created_at", default)]
    created_at: Value,
}

fn parse(list: &mut impl Read) -> Result<Vec<ExportedSubmission>, String> {
    let budget = serde_saphyr::budget! {
        max_reader_input_bytes: None,
        max_events: 2 * MOST_VALUES,
        max_nodes: MOST_VALUES,
        max_total_scalar_bytes: usize::try_from(LARGEST_LIST).unwrap_or(usize::MAX),
    };
    // A snippet of the list would show other learners' names.
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    let entries: BTreeMap<String, Entry> = serde_saphyr::from_reader_with_options(list, options).map_err(|error| {
        let error = error.to_string();
        let why = error.lines().next().unwrap_or_default();
        format!("{why} (of a list, up to {MOST_VALUES} values and {} MiB are read)", LARGEST_LIST >> 20)
    })?;
    Ok(entries.iter().flat_map(|(folder, entry)| submissions(folder, entry)).collect())
}

/// The submissions of those entries that can be read by themselves. An entry begins at the beginning of a line. One
/// that occurs twice is left out, since nobody knows which counts; and so is everything from an entry that is too
/// large.
fn sound_entries(mut list: BufReader<Take<File>>) -> Vec<ExportedSubmission> {
    let mut sound: BTreeMap<String, Vec<Vec<ExportedSubmission>>> = BTreeMap::new();
    let mut keep = |entry: &[u8]| {
        let read = parse(&mut &*entry).unwrap_or_default();
        if let Some(first) = read.first() {
            sound.entry(first.folder.clone()).or_default().push(read);
        }
    };
    let mut entry = Vec::new();
    while entry.len() <= LARGEST_ENTRY {
        let line = entry.len();
        match list.by_ref().take(LARGEST_ENTRY as u64).read_until(b'\n', &mut entry) {
            Ok(1..) if entry[line..].starts_with(FOLDER.as_bytes()) => {
                let next = entry.split_off(line);
                keep(&mem::replace(&mut entry, next));
            }
            Ok(1..) => {}
            // What is cut off at the limit is not known to be complete.
            Ok(0) if list.get_ref().limit() > 0 => {
                keep(&entry);
                break;
            }
            _ => break,
        }
    }
    sound.into_values().filter(|found| found.len() == 1).flatten().flatten().collect()
}

fn submissions(folder: &str, entry: &Entry) -> Vec<ExportedSubmission> {
    let submitters: Vec<BTreeMap<String, String>> =
        entry.submitters.as_array().into_iter().flatten().map(submitter).collect();
    let names: Vec<String> = submitters.iter().map(called).collect();
    let of = |learner: BTreeMap<String, String>, id: String, group: Vec<String>| ExportedSubmission {
        folder: folder.to_owned(),
        id,
        learner,
        submitted: entry.created_at.as_str().and_then(time),
        group,
    };
    match submitters.len() {
        0 => vec![of(BTreeMap::new(), folder.to_owned(), Vec::new())],
        1 => submitters.into_iter().map(|learner| of(learner, folder.to_owned(), Vec::new())).collect(),
        _ => submitters
            .into_iter()
            .zip(names.clone())
            .map(|(learner, name)| of(learner, format!("{folder} {name}"), names.clone()))
            .collect(),
    }
}

fn submitter(entry: &Value) -> BTreeMap<String, String> {
    let text = |key: &str| match &entry[key] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    learner([("name", &text(":name")), ("email", &text(":email")), ("sis_user_id", &text(":sid"))])
}

fn called(learner: &BTreeMap<String, String>) -> String {
    ["email", "sis_user_id", "name"].iter().find_map(|column| learner.get(*column)).cloned().unwrap_or_default()
}

/// Ruby writes `2026-04-26 17:34:00.861687000 Z`, or an offset at the end.
fn time(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_whitespace();
    let (date, time, zone) = (parts.next()?, parts.next()?, parts.next().unwrap_or("Z"));
    format!("{date}T{time}{zone}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submissions::tests::Folder;

    const EXPORT: &str = "submission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '007'\n    :email: ada@example.org\n  \
        :created_at: 2026-04-26 17:34:00.861687000 Z\n  :score: 2.0\n  :results:\n    output: |-\n      ====\n      Score: 2\n\
        submission_2:\n  :submitters:\n  - :name: 李雷\n    :sid: 333\n  - :name: Ben O'Neil\n    :email: ben@example.org\n  \
        :created_at: 2026-04-26 17:34:00.000000000 +02:00\nsubmission_3:\n  :submitters: []\n";

    #[test]
    fn submitters_and_times_are_read_and_each_of_a_group_has_a_submission() {
        let read = parse(&mut EXPORT.as_bytes()).unwrap();
        let ids: Vec<&str> = read.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["submission_1", "submission_2 333", "submission_2 ben@example.org", "submission_3"]);
        assert_eq!(read[0].learner["sis_user_id"], "007");
        assert_eq!(read[0].submitted.unwrap().to_string(), "2026-04-26T17:34:00.861687Z");
        assert_eq!(read[1].submitted.unwrap().to_string(), "2026-04-26T15:34:00Z");
        assert_eq!(read[2].group, ["333", "ben@example.org"]);
        assert!(parse(&mut "a: [".as_bytes()).is_err());
    }

    /// What can be read of a list with this text.
    fn list(text: &[u8]) -> Export {
        let folder = Folder::new(&format!("gradescope-{:?}", std::thread::current().id()));
        read_list(&folder.file(METADATA, text))
    }

    #[test]
    fn an_entry_that_is_broken_costs_no_other_one_anything() {
        for broken in [
            "submission_2:\n  :submitters: [\n",
            "submission_2:\n  :submitters:\n  - :name: \"Ben\n",
            "submission_2: Ben\n",
            "submission_2:\n\t:submitters: []\n",
            "submission_2:\n  :submitters: *nobody\n",
            "}{\n",
            "submission_2:\n  :submitters: []\nsubmission_2:\n  :submitters:\n  - :name: Ben\n",
        ] {
            let text = format!("---\nsubmission_1:\n  :submitters: []\n{broken}submission_3:\n  :submitters: []\n");
            let read = list(text.as_bytes());
            let problem = read.problem.clone().unwrap();
            assert!(problem.contains("up to 20000000 values and 1024 MiB"), "{problem}");
            assert!(!problem.contains("Ben"), "it names a learner: {problem}");
            let folders: Vec<&str> = read.submissions.iter().map(|one| one.folder.as_str()).collect();
            // What is no entry belongs to the one before it.
            let expected: &[_] = if broken == "}{\n" { &["submission_3"] } else { &["submission_1", "submission_3"] };
            assert_eq!(folders, expected, "{broken}");
        }
        let bytes = list(b"submission_1:\n  :submitters:\n  - :name: \xff\nsubmission_2:\n  :submitters: []\n");
        assert_eq!(bytes.submissions.iter().map(|one| one.folder.as_str()).collect::<Vec<_>>(), ["submission_2"]);
        assert_eq!(list(b"").submissions, []);
    }

    #[test]
    fn an_entry_may_repeat_what_another_one_says() {
        let read = list(b"submission_1:\n  :submitters: &1\n  - :name: Ada\nsubmission_2:\n  :submitters: *1\n");
        assert_eq!((read.submissions.len(), read.problem), (2, None));
    }

    #[test]
    fn a_list_that_is_too_large_is_not_read_into_memory_and_says_so() {
        let folder = Folder::new("gradescope-large");
        let path = folder.file(METADATA, "submission_1:\n  :submitters: []\nsubmission_2:\n  :output: |\n    ");
        File::options().write(true).open(&path).unwrap().set_len(LARGEST_LIST + 1).unwrap();
        let read = read_list(&path);
        assert_eq!(read.submissions.iter().map(|one| one.folder.as_str()).collect::<Vec<_>>(), ["submission_1"]);
        let problem = read.problem.unwrap();
        assert!(problem.contains("1024 MiB"), "{problem}");
    }

    #[test]
    fn only_gradescopes_folders_beside_a_list_are_an_export() {
        assert!(is_export_of([METADATA, "submission_1", ".DS_Store", "roster.csv", "anna"]));
        for names in [
            &["submission_1"][..],
            &[METADATA],
            &[METADATA, "anna"],
            &[METADATA, "src", "learner.rs"],
            &[METADATA, "submission_1", "learner.rs"],
        ] {
            assert!(!is_export_of(names.iter().copied()), "{names:?}");
        }
    }

    #[test]
    fn the_export_of_a_large_class_with_results_is_read() {
        let results =
            "  :results:\n    tests:\n".to_owned() + &"    - {name: a, output: \"b c\", score: 1.0}\n".repeat(60);
        let entries: Vec<String> =
            (0..1500).map(|n| format!("submission_{n}:\n  :submitters:\n  - :name: N{n}\n{results}")).collect();
        let text = entries.concat();
        assert_eq!(parse(&mut text.as_bytes()).unwrap().len(), 1500);
    }
}
