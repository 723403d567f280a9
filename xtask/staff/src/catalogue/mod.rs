//! The programs that are kept to try the tests on: stubs, solutions, alternatives and wrong programs.
//!
//! [`wrong`] reads the file of a wrong program, [`mistake`] names what can be wrong, and [`rebase`] carries wrong programs
//! over to a correct program that has changed.

pub mod mistake;
pub mod rebase;
pub mod wrong;

use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use wrong::{Header, Mistake, Problem};
use xtask::course::{Course, Quest};
use xtask::engine::stage::Entry;

/// A program and what must become of it.
#[derive(Debug)]
pub struct Candidate<'a> {
    pub quest: &'a Quest,
    pub kind: Kind,
    /// Its file, from the course's folder.
    pub file: String,
    /// The whole program, whatever its file holds.
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

/// The programs of a quest, and the files that hold none.
#[derive(Debug)]
pub struct Catalogue<'a> {
    /// The stub, the solution, the alternatives and the wrong programs, by name.
    pub programs: Vec<Candidate<'a>>,
    /// Each file with what is wrong with it, from the course's folder.
    pub unusable: Vec<(String, Problem)>,
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
        Entry { quest: self.quest, suffix: format!("--{kind}"), learner: self.source.clone().into_bytes() }
    }
}

/// All programs of a quest.
///
/// # Errors
///
/// When a file cannot be read.
pub fn of<'a>(course: &Course, quest: &'a Quest) -> anyhow::Result<Catalogue<'a>> {
    let candidate = |kind: Kind, path: &Path| {
        Ok::<_, anyhow::Error>(Candidate { quest, kind, file: course.display_path(path), source: read(path)? })
    };
    let mut programs = vec![candidate(Kind::Stub, &quest.stub())?, candidate(Kind::Solution, &course.solution(quest))?];
    for path in alternatives(course, quest)? {
        programs.push(candidate(Kind::Alternative, &path)?);
    }
    let mut unusable = Vec::new();
    for path in wrong_programs(course, quest)? {
        let file = course.display_path(&path);
        match wrong_program(course, quest, &path, &read(&path)?)? {
            Ok((header, source)) => {
                let kind = Kind::Wrong { caught_by: header.caught_by };
                programs.push(Candidate { quest, kind, file, source });
            }
            Err(problem) => unusable.push((file, problem)),
        }
    }
    Ok(Catalogue { programs, unusable })
}

/// The files of a quest's wrong programs, in order.
pub fn wrong_programs(course: &Course, quest: &Quest) -> anyhow::Result<Vec<PathBuf>> {
    files(&wrong_folder(course, quest), &["diff", "rs"])
}

/// The folder of a quest's wrong programs.
pub fn wrong_folder(course: &Course, quest: &Quest) -> PathBuf {
    course.root.join("solutions").join("wrong").join(&quest.package)
}

/// The correct programs of a quest on which a wrong one may be based: the solution first, then the alternatives.
pub fn correct_programs(course: &Course, quest: &Quest) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = vec![course.solution(quest)];
    all.extend(alternatives(course, quest)?);
    Ok(all)
}

/// What the text of a wrong program's file says about it, and the program itself.
fn wrong_program(
    course: &Course,
    quest: &Quest,
    path: &Path,
    text: &str,
) -> anyhow::Result<Result<(Header, String), Problem>> {
    if path.extension().is_some_and(|extension| extension == "rs") {
        return Ok(Header::read(text, "//! ").map(|header| (header, text.to_owned())));
    }
    let mistake = match Mistake::read(text) {
        Ok(mistake) => mistake,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(base) = base(course, quest, &mistake)? else { return Ok(Err(mistake.no_such_base())) };
    Ok(mistake.apply_exactly(&base).map(|source| (mistake.header, source)))
}

/// The text of the correct program that a mistake is made in; none if it names a file that is none.
fn base(course: &Course, quest: &Quest, mistake: &Mistake) -> anyhow::Result<Option<String>> {
    let bases = correct_programs(course, quest)?;
    bases.iter().find(|path| course.display_path(path) == mistake.base).map(|path| read(path)).transpose()
}

fn alternatives(course: &Course, quest: &Quest) -> anyhow::Result<Vec<PathBuf>> {
    files(&course.root.join("solutions").join("alternatives").join(&quest.package), &["rs"])
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// The files of a folder that end so, in order; none if there is no such folder.
fn files(folder: &Path, endings: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not read the folder {}", folder.display()))? {
        let path = entry.with_context(|| format!("could not read the folder {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
