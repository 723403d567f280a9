//! Gradescope's export: a folder for each submission, and `submission_metadata.yml`, which says whose they are. Its keys are Ruby's
//! symbols, such as `:submitters:`.

use super::learner;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xtask::exit::UsageError;

/// The file with the submitters.
pub const METADATA: &str = "submission_metadata.yml";

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

/// The submissions of the export in `folder`; none if it is no export. Each member of a group has one.
pub fn read(folder: &Path) -> Result<Option<Vec<ExportedSubmission>>, UsageError> {
    let path = folder.join(METADATA);
    if !path.is_file() {
        return Ok(None);
    }
    let problem = |why: String| UsageError(format!("{} cannot be read: {why}", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| problem(error.to_string()))?;
    parse(&text).map(Some).map_err(problem)
}

fn parse(text: &str) -> Result<Vec<ExportedSubmission>, String> {
    // The results of the autograder are in the file, too: it is large for a large class.
    let budget = serde_saphyr::budget! {
        max_reader_input_bytes: None,
        max_events: 100_000_000,
        max_nodes: 50_000_000,
        max_total_scalar_bytes: 1 << 31,
    };
    let options = serde_saphyr::options! { budget: budget };
    let entries: BTreeMap<String, Value> =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())?;
    Ok(entries.iter().flat_map(|(folder, entry)| submissions(folder, entry)).collect())
}

fn submissions(folder: &str, entry: &Value) -> Vec<ExportedSubmission> {
    let submitters: Vec<BTreeMap<String, String>> =
        entry[":submitters"].as_array().into_iter().flatten().map(submitter).collect();
    let names: Vec<String> = submitters.iter().map(called).collect();
    let of = |learner: BTreeMap<String, String>, id: String, group: Vec<String>| ExportedSubmission {
        folder: folder.to_owned(),
        id,
        learner,
        submitted: entry[":created_at"].as_str().and_then(time),
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

    const EXPORT: &str = "submission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '007'\n    :email: ada@example.org\n  \
        :created_at: 2026-04-26 17:34:00.861687000 Z\n  :score: 2.0\n  :results:\n    output: |-\n      ====\n      Score: 2\n\
        submission_2:\n  :submitters:\n  - :name: 李雷\n    :sid: 333\n  - :name: Ben O'Neil\n    :email: ben@example.org\n  \
        :created_at: 2026-04-26 17:34:00.000000000 +02:00\nsubmission_3:\n  :submitters: []\n";

    #[test]
    fn submitters_and_times_are_read_and_each_of_a_group_has_a_submission() {
        let read = parse(EXPORT).unwrap();
        let ids: Vec<&str> = read.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["submission_1", "submission_2 333", "submission_2 ben@example.org", "submission_3"]);
        assert_eq!(read[0].learner["sis_user_id"], "007");
        assert_eq!(read[0].submitted.unwrap().to_string(), "2026-04-26T17:34:00.861687Z");
        assert_eq!(read[1].submitted.unwrap().to_string(), "2026-04-26T15:34:00Z");
        assert_eq!(read[2].group, ["333", "ben@example.org"]);
        assert!(parse("a: [").is_err());
    }

    #[test]
    fn the_export_of_a_large_class_with_results_is_read() {
        let results =
            "  :results:\n    tests:\n".to_owned() + &"    - {name: a, output: \"b c\", score: 1.0}\n".repeat(60);
        let entries: Vec<String> =
            (0..1500).map(|n| format!("submission_{n}:\n  :submitters:\n  - :name: N{n}\n{results}")).collect();
        let text = entries.concat();
        assert_eq!(parse(&text).unwrap().len(), 1500);
    }
}
