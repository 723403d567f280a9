//! The programs that test the tests: stubs, solutions, alternatives and wrong programs.
//!
//! [`wrong`] reads the file of a wrong program, [`mistake`] lists the names of mistakes, and [`rebase`] updates wrong programs
//! when a correct program has changed.
//!
//! A wrong program is a diff because in a whole file a mistake of five lines cannot be seen, and a changed signature
//! would touch dozens of files. A diff must be exactly what its two programs give, so it fits in one place only. Where
//! the lines around a mistake have changed, `--rebase` merges with the help of git's history.
//!
//! Alternatives are kept for the same reason as wrong programs: a test that fails a correct program is as bad as one
//! that passes a wrong program.

pub mod mistake;
pub mod rebase;
pub mod wrong;

use crate::stage::catalogue::StagedProgram;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use wrong::{Header, WrongDiff, WrongProgramError};
use xtask::course::{Course, Quest};

/// A program with its expected result.
#[derive(Debug)]
pub struct Candidate<'a> {
    pub quest: &'a Quest,
    pub kind: ProgramKind,
    /// Its file, relative to the course's folder.
    pub file: String,
    /// The whole program, even if the file is a diff.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramKind {
    /// Not started in every test.
    Stub,
    /// Passes every test.
    Solution,
    /// Passes every test.
    Alternative,
    /// Fails exactly these tests.
    Wrong { caught_by: BTreeSet<String> },
}

/// The programs of a quest, and the files that could not be used.
#[derive(Debug)]
pub struct Catalogue<'a> {
    /// The stub, the solution, the alternatives and the wrong programs, by name.
    pub programs: Vec<Candidate<'a>>,
    /// Each file, relative to the course's folder, and what is wrong with it.
    pub unusable: Vec<(String, WrongProgramError)>,
}

impl Candidate<'_> {
    /// The package on the stage.
    pub fn entry(&self) -> StagedProgram<'_> {
        let stem = Path::new(&self.file).file_stem().unwrap_or_default().to_string_lossy();
        let kind = match self.kind {
            ProgramKind::Stub => "stub".to_owned(),
            ProgramKind::Solution => "solution".to_owned(),
            ProgramKind::Alternative => format!("alternative-{stem}"),
            ProgramKind::Wrong { .. } => format!("wrong-{stem}"),
        };
        StagedProgram { quest: self.quest, suffix: format!("--{kind}"), learner: self.source.clone().into_bytes() }
    }
}

/// All programs of a quest.
///
/// # Errors
///
/// When a file cannot be read.
pub fn of<'a>(course: &Course, quest: &'a Quest) -> anyhow::Result<Catalogue<'a>> {
    let candidate = |kind: ProgramKind, path: &Path| {
        Ok::<_, anyhow::Error>(Candidate { quest, kind, file: course.display_path(path), source: read(path)? })
    };
    let mut programs =
        vec![candidate(ProgramKind::Stub, &quest.stub())?, candidate(ProgramKind::Solution, &course.solution(quest))?];
    for path in alternatives(course, quest)? {
        programs.push(candidate(ProgramKind::Alternative, &path)?);
    }
    let mut unusable = Vec::new();
    for path in wrong_programs(course, quest)? {
        let file = course.display_path(&path);
        match wrong_program(course, quest, &path, &read(&path)?)? {
            Ok((header, source)) => {
                let kind = ProgramKind::Wrong { caught_by: header.caught_by };
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

/// The correct programs that a wrong one may be based on: the solution, then the alternatives.
pub fn correct_programs(course: &Course, quest: &Quest) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = vec![course.solution(quest)];
    all.extend(alternatives(course, quest)?);
    Ok(all)
}

/// Reads a wrong program: its header, and the whole program.
fn wrong_program(
    course: &Course,
    quest: &Quest,
    path: &Path,
    text: &str,
) -> anyhow::Result<Result<(Header, String), WrongProgramError>> {
    if path.extension().is_some_and(|extension| extension == "rs") {
        return Ok(Header::read(text, "//! ").map(|header| (header, text.to_owned())));
    }
    let mistake = match WrongDiff::read(text) {
        Ok(mistake) => mistake,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(base) = base(course, quest, &mistake)? else { return Ok(Err(mistake.no_such_base())) };
    Ok(mistake.apply_exactly(&base).map(|source| (mistake.header, source)))
}

/// The correct program that a diff is based on; none if its base is not a correct program.
fn base(course: &Course, quest: &Quest, mistake: &WrongDiff) -> anyhow::Result<Option<String>> {
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

/// The files of a folder with these extensions, sorted; none if there is no such folder.
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
