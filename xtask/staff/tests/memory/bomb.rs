//! The submissions that take memory: one file each, whose header says what becomes of it in which container.

use std::fs;
use std::path::Path;

/// A file of `bombs/`.
pub struct Bomb {
    pub name: String,
    /// The quest for which the file is handed in as `learner.rs`.
    pub quest: u32,
    source: String,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Points(u32),
    /// The machine has too little memory to tell.
    NoVerdict,
}

/// An honest queue for quest 3: a struct with `is_new` and `run`.
const QUEUE: &str = include_str!("../hostile/honest_queue.rs");

impl Bomb {
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("memory").join("bombs");
        let chosen = std::env::var("BOMBS").ok();
        let mut all: Vec<Self> =
            fs::read_dir(folder).unwrap().map(|entry| Self::read(&entry.unwrap().path())).collect();
        all.retain(|bomb| chosen.as_ref().is_none_or(|names| names.split(',').any(|name| name == bomb.name)));
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(path).unwrap().replace("{QUEUE}", QUEUE);
        let bomb = Self { name, quest: 3, source };
        assert!(bomb.field("takes").is_some(), "{} does not say what it takes", bomb.name);
        bomb
    }

    /// The source as it is handed in: nothing that an earlier run stored is taken for its result.
    pub fn filled(&self, run: &str) -> String {
        format!("{}\n// {run}\n", self.source)
    }

    /// From the line `in 512 MiB: 9`, or `no verdict`.
    pub fn outcome_in(&self, mebibytes: u64) -> Outcome {
        let said = self.field(&format!("in {mebibytes} MiB")).unwrap();
        said.parse().map_or_else(
            |_| {
                assert_eq!(said, "no verdict", "{}", self.name);
                Outcome::NoVerdict
            },
            Outcome::Points,
        )
    }

    fn field(&self, field: &str) -> Option<&str> {
        let beginning = format!("//! {field}: ");
        self.source.lines().find_map(|line| line.strip_prefix(&beginning)).map(str::trim)
    }
}
