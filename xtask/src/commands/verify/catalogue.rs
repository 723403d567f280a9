//! The programs that are kept to try the tests on: stubs, solutions, alternatives and wrong programs.

use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::{Course, Quest};
use xtask::engine::stage::Entry;

/// A program and what must become of it.
#[derive(Debug)]
pub struct Candidate<'a> {
    pub quest: &'a Quest,
    pub kind: Kind,
    /// Its file, from the course's folder.
    pub file: String,
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Red as not started in every test.
    Stub,
    /// Green.
    Solution,
    /// Green.
    Alternative,
    /// Red in exactly these tests.
    Wrong { caught_by: BTreeSet<String> },
}

impl Candidate<'_> {
    /// As it goes on the stage.
    pub fn entry(&self) -> Entry<'_> {
        let stem = Path::new(&self.file).file_stem().unwrap_or_default().to_string_lossy();
        let kind = match self.kind {
            Kind::Stub => "stub".to_owned(),
            Kind::Solution => "solution".to_owned(),
            Kind::Alternative => format!("alternative-{stem}"),
            Kind::Wrong { .. } => format!("wrong-{stem}"),
        };
        Entry {
            quest: self.quest,
            package: format!("{}--{kind}", self.quest.package),
            learner: self.source.clone().into_bytes(),
        }
    }
}

/// All programs of a quest: its stub, its solution, the alternatives and the wrong ones, by name.
pub fn of<'a>(course: &Course, quest: &'a Quest) -> anyhow::Result<Vec<Candidate<'a>>> {
    let solutions = course.root.join("solutions");
    let candidate = |kind: Kind, path: &Path| {
        let source = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        Ok::<_, anyhow::Error>(Candidate { quest, kind, file: course.shown(path), source })
    };
    let mut all = vec![candidate(Kind::Stub, &quest.stub())?, candidate(Kind::Solution, &course.solution(quest))?];
    for path in rust_files(&solutions.join("alternatives").join(&quest.package))? {
        all.push(candidate(Kind::Alternative, &path)?);
    }
    for path in rust_files(&solutions.join("wrong").join(&quest.package))? {
        let mut wrong = candidate(Kind::Wrong { caught_by: BTreeSet::new() }, &path)?;
        let caught_by = caught_by(&wrong.source)
            .with_context(|| format!("{} does not start with `//! caught by: …` and `//! why: …`", wrong.file))?;
        wrong.kind = Kind::Wrong { caught_by };
        all.push(wrong);
    }
    Ok(all)
}

/// The tests named in the first line of a wrong program; the second must say why.
fn caught_by(source: &str) -> Option<BTreeSet<String>> {
    let mut lines = source.lines();
    let names = lines.next()?.strip_prefix("//! caught by: ")?;
    lines.next()?.strip_prefix("//! why: ")?;
    Some(names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not read the folder {}", folder.display()))? {
        let path = entry.with_context(|| format!("could not read the folder {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_program_names_its_tests_and_says_why() {
        let names = caught_by("//! caught by: one, two\n//! why: because\n").unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(caught_by("//! caught by: one\n"), None);
        assert_eq!(caught_by("//! why: because\n//! caught by: one\n"), None);
    }
}
