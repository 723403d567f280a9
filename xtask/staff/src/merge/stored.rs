//! Reads the `grades.json` of a shard without holding it in memory: first its outline, then one submission at a time.

use crate::model::{GradedSubmission, Grades, SCHEMA};
use anyhow::Context as _;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use xtask::exit::UsageError;

/// The outline of a shard, and where each of its submissions is in the file.
#[derive(Debug)]
pub struct StoredShard {
    pub outline: Grades,
    pub places: Vec<StoredSubmission>,
}

/// Where a submission is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredSubmission {
    start: u64,
    end: u64,
}

/// Reads the outline of a `grades.json`.
pub fn read_outline(path: &Path) -> anyhow::Result<StoredShard> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| UsageError(format!("{shown} cannot be read: {error}")))?;
    let position = Rc::new(Cell::new(0));
    let reader = CountingReader { inner: BufReader::with_capacity(BUFFER, file), position: position.clone() };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let whole = deserializer.deserialize_map(ShardVisitor { position: &position });
    let stored = whole.and_then(|stored| deserializer.end().map(|()| stored));
    let not_ours = |error| UsageError(format!("{shown} contains no grades that this grader can read: {error}"));
    match stored.map_err(not_ours)? {
        Document::Shard(stored) => Ok(*stored),
        Document::OtherSchema(schema) => Err(UsageError(format!(
            "{shown} was written by another version of this grader: its schema is {schema}, and this version reads {SCHEMA}"
        ))
        .into()),
    }
}

/// The size of a piece that is read at once.
const BUFFER: usize = 1 << 18;

/// Submissions in the files of shards, read one at a time.
#[derive(Debug, Default)]
pub struct StoredClass {
    paths: Vec<PathBuf>,
    /// By id: the index of the file, and where the submission is in it.
    places: HashMap<String, (usize, StoredSubmission)>,
    open: RefCell<HashMap<usize, File>>,
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

    fn bytes(&self, file: usize, place: StoredSubmission) -> io::Result<Vec<u8>> {
        let mut open = self.open.borrow_mut();
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

/// What a file turned out to be.
enum Document {
    Shard(Box<StoredShard>),
    OtherSchema(u64),
}

/// Reads the fields of [`Grades`], and its submissions one at a time.
struct ShardVisitor<'a> {
    position: &'a Cell<u64>,
}

impl<'de> Visitor<'de> for ShardVisitor<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the grades of a class")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Document, A::Error> {
        let mut head = Map::new();
        let mut submissions = Vec::new();
        let mut places = Vec::new();
        while let Some(name) = fields.next_key::<String>()? {
            if head.contains_key(&name) {
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            let value = if name == "submissions" {
                // Another version's submissions may have another form, so they are not looked at.
                if let Some(schema) = other_schema(&head) {
                    return Ok(skip_rest(fields, schema)?);
                }
                (submissions, places) = fields.next_value_seed(Submissions { position: self.position })?;
                Value::Array(Vec::new())
            } else {
                fields.next_value()?
            };
            head.insert(name, value);
        }
        if let Some(schema) = other_schema(&head) {
            return Ok(Document::OtherSchema(schema));
        }
        let mut outline: Grades = serde_json::from_value(Value::Object(head)).map_err(A::Error::custom)?;
        outline = outline.bounded();
        outline.submissions = submissions;
        Ok(Document::Shard(Box::new(StoredShard { outline, places })))
    }
}

fn other_schema(head: &Map<String, Value>) -> Option<u64> {
    head.get("schema").and_then(Value::as_u64).filter(|schema| *schema != u64::from(SCHEMA))
}

fn skip_rest<'de, A: MapAccess<'de>>(mut fields: A, schema: u64) -> Result<Document, A::Error> {
    fields.next_value::<serde::de::IgnoredAny>()?;
    while fields.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
    Ok(Document::OtherSchema(schema))
}

/// Reads a list of submissions, and keeps their outlines and places.
struct Submissions<'a> {
    position: &'a Cell<u64>,
}

impl<'de> DeserializeSeed<'de> for Submissions<'_> {
    type Value = (Vec<GradedSubmission>, Vec<StoredSubmission>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Submissions<'_> {
    type Value = (Vec<GradedSubmission>, Vec<StoredSubmission>);

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of submissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (mut outlines, mut places) = (Vec::new(), Vec::new());
        while let Some((outline, place)) = list.next_element_seed(Outline { position: self.position })? {
            outlines.push(outline);
            places.push(place);
        }
        Ok((outlines, places))
    }
}

/// Reads one submission.
struct Outline<'a> {
    position: &'a Cell<u64>,
}

impl<'de> DeserializeSeed<'de> for Outline<'_> {
    type Value = (GradedSubmission, StoredSubmission);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // The parser has looked at the first byte of an object, and looks no further than its last.
        let start = self.position.get() - 1;
        let submission = GradedSubmission::deserialize(deserializer)?;
        let end = self.position.get();
        Ok((submission.bounded().outlined(), StoredSubmission { start, end }))
    }
}

/// Counts the bytes that were read.
struct CountingReader<R> {
    inner: R,
    position: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.set(self.position.get() + read as u64);
        Ok(read)
    }
}
