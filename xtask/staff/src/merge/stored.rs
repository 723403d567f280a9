//! Reads the `grades.json` of a shard without holding it in memory: first its outline, then one submission at a time.

use super::scan::{Extent, Scan};
use crate::model::{GradedSubmission, Grades, SCHEMA};
use anyhow::Context as _;
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use xtask::exit::UsageError;

/// The outline of a shard, and where each of its submissions is in the file.
#[derive(Debug)]
pub struct StoredShard {
    pub outline: Grades,
    pub places: Vec<Extent>,
}

/// Reads the outline of a `grades.json`.
pub fn read_outline(path: &Path) -> anyhow::Result<StoredShard> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| UsageError(format!("{shown} cannot be read: {error}")))?;
    let mut submissions = Vec::new();
    let mut places = Vec::new();
    // Another version's submissions may have another form, so what is wrong with one is said after the schema was looked at.
    let mut first_error = None;
    let head = Scan::default().run(file, |extent, bytes| {
        places.push(extent);
        match serde_json::from_slice::<GradedSubmission>(bytes) {
            Ok(submission) => submissions.push(submission.outlined().bounded()),
            Err(error) => first_error = first_error.take().or(Some(error)),
        }
    });
    let head = head.with_context(|| format!("could not read {shown}"))?;
    let outline = outline(&head, places.len(), first_error).map_err(|why| UsageError(format!("{shown} {why}")))?;
    Ok(StoredShard { outline: Grades { submissions, ..outline }, places })
}

/// The class without its submissions, or what is wrong with the file, as the end of a sentence.
fn outline(head: &[u8], submissions: usize, first_error: Option<serde_json::Error>) -> Result<Grades, String> {
    let not_ours = |error: serde_json::Error| format!("contains no grades that this grader can read: {error}");
    let mut value: Value = serde_json::from_slice(head).map_err(not_ours)?;
    if let Some(schema) = value["schema"].as_u64().filter(|schema| *schema != u64::from(SCHEMA)) {
        return Err(format!(
            "was written by another version of this grader: its schema is {schema}, and this version reads {SCHEMA}"
        ));
    }
    first_error.map_or(Ok(()), |error| Err(not_ours(error)))?;
    if let Some(list) = value.get_mut("submissions").and_then(Value::as_array_mut) {
        // Whatever else the list holds is left for the parser to complain about.
        if list.len() == submissions {
            list.clear();
        }
    }
    Ok(serde_json::from_value::<Grades>(value).map_err(not_ours)?.bounded())
}

/// Submissions in the files of shards, read one at a time.
#[derive(Debug, Default)]
pub struct StoredClass {
    paths: Vec<PathBuf>,
    /// By id: the index of the file, and where the submission is in it.
    places: HashMap<String, (usize, Extent)>,
    open: Mutex<HashMap<usize, File>>,
}

/// How many files to hold open. Systems allow a process few.
const OPEN: usize = 64;

impl StoredClass {
    /// Adds the submissions of a file, which are in the order of its outline.
    pub fn add(&mut self, path: &Path, shard: &StoredShard) {
        let file = self.paths.len();
        self.paths.push(path.to_owned());
        for (submission, place) in shard.outline.submissions.iter().zip(&shard.places) {
            self.places.insert(submission.id.clone(), (file, *place));
        }
    }

    /// The submission with all its texts.
    pub fn read(&self, id: &str) -> anyhow::Result<GradedSubmission> {
        let (file, place) = self.places.get(id).with_context(|| format!("no shard holds the submission `{id}`"))?;
        let changed = || format!("{} has changed while it was being merged", self.paths[*file].display());
        let bytes = self.bytes(*file, *place).with_context(changed)?;
        let submission: GradedSubmission = serde_json::from_slice(&bytes).with_context(changed)?;
        let submission = submission.bounded();
        anyhow::ensure!(submission.id == id, changed());
        Ok(submission)
    }

    fn bytes(&self, file: usize, place: Extent) -> io::Result<Vec<u8>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.contains_key(&file) {
            if open.len() >= OPEN {
                open.clear();
            }
            open.insert(file, File::open(&self.paths[file])?);
        }
        let reader = open.get_mut(&file).expect("it was opened above");
        reader.seek(SeekFrom::Start(place.start))?;
        let mut bytes = Vec::new();
        reader.take(place.end - place.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
