//! Checks that the files of a quest are consistent.

use super::api;
use super::says;
use super::seeds::{OTHER_SEEDS, SOME_SEEDS};
use anyhow::Context as _;
use staff::catalogue::{Candidate, ProgramKind};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use xtask::course::{Course, Quest, SCENARIO, TestPackage};
use xtask::engine::cargo_build::BuildOutput;
use xtask::hints;

/// The minimum number of hints: gentle, clearer, explicit.
const HINTS: usize = 3;

/// Every check with its problems.
pub fn check(
    quest: &Quest,
    candidates: &[Candidate],
    built: &BuildOutput,
) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let own = || candidates.iter().filter(|candidate| candidate.quest.number == quest.number);
    let source = |kind: &ProgramKind| {
        own().find(|candidate| candidate.kind == *kind).map_or("", |candidate| candidate.source.as_str())
    };
    let stub = source(&ProgramKind::Stub);
    let stub_entry = own().find(|candidate| candidate.kind == ProgramKind::Stub).map(Candidate::entry);
    let program = |package: &TestPackage| {
        let name = stub_entry.as_ref().map(|entry| entry.package(package))?;
        built.packages.get(&name)?.program.as_deref()
    };
    Ok(vec![
        ("points and names".into(), points_and_names(quest, stub)),
        ("the tests in the manifest are those in tests/quest.rs".into(), tests_in_programs(quest, program)?),
        ("the tests in the manifest are those in tests/snapshots".into(), snapshots(quest)?),
        ("tests/quest.rs and the manifest say the same about each test".into(), says::check(quest)?),
        (
            "stub and solution have the same interface".into(),
            api::differences(&api::of(stub), &api::of(source(&ProgramKind::Solution))),
        ),
        ("every test catches a wrong program".into(), unneeded(quest, own())),
        ("hints".into(), missing_hints(quest)?),
    ])
}

fn points_and_names(quest: &Quest, stub: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let sum: u32 = quest.tests().map(|(_, test)| test.points).sum();
    if sum != quest.meta.points {
        problems.push(format!("the points of the tests add up to {sum}, but the quest has {}", quest.meta.points));
    }
    let mut names = BTreeSet::new();
    for (_, test) in quest.tests() {
        if !names.insert(&test.name) {
            problems.push(format!("two tests are named {}", test.name));
        }
        if (test.points == 0) != (test.name == SCENARIO) || test.says.is_empty() {
            problems.push(format!("{} has an empty `says`, or wrong points: only the scenario has none", test.name));
        }
    }
    for step in &quest.meta.steps {
        if !stub.contains(&step.edit) {
            problems.push(format!("the stub has no line with `{}`, where the step `{}` begins", step.edit, step.title));
        }
    }
    problems
}

/// The names that the test programs themselves list.
fn tests_in_programs<'a>(
    quest: &Quest,
    program: impl Fn(&TestPackage) -> Option<&'a Path>,
) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in &quest.packages {
        let Some(program) = program(package) else { return Ok(vec!["the stub does not compile".into()]) };
        problems.extend(tests_in_program(quest, package, program)?);
    }
    Ok(problems)
}

fn tests_in_program(quest: &Quest, package: &TestPackage, program: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new(program)
        .args(["--list", "--format", "terse"])
        .output()
        .with_context(|| format!("could not start {}", program.display()))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let listed: BTreeSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    Ok(unequal(quest, package, &listed, "tests/quest.rs"))
}

fn snapshots(quest: &Quest) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in &quest.packages {
        problems.extend(snapshots_in(quest, package)?);
    }
    Ok(problems)
}

fn snapshots_in(quest: &Quest, package: &TestPackage) -> anyhow::Result<Vec<String>> {
    let folder = package.folder.join("tests").join("snapshots");
    let mut names = Vec::new();
    let mut problems = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("could not read the folder {}", folder.display()))? {
        let name = entry.with_context(|| format!("could not read the folder {}", folder.display()))?.file_name();
        let name = name.to_string_lossy().into_owned();
        match name.strip_suffix(".snap") {
            Some(name) => names.push(name.to_owned()),
            None => problems.push(format!("{name} does not belong in tests/snapshots")),
        }
    }
    let names = names.iter().map(String::as_str).collect();
    problems.extend(unequal(quest, package, &names, "tests/snapshots"));
    Ok(problems)
}

fn unequal(quest: &Quest, package: &TestPackage, found: &BTreeSet<&str>, place: &str) -> Vec<String> {
    let tests = quest.tests().filter(|(_, test)| quest.package_of(test).name == package.name);
    let expected: BTreeSet<&str> = tests.map(|(_, test)| test.name.as_str()).collect();
    let missing = expected.difference(found).map(|name| format!("{name} is in the manifest, but not in {place}"));
    let stray = found.difference(&expected).map(|name| format!("{name} is in {place}, but not in the manifest"));
    missing.chain(stray).collect()
}

fn unneeded<'a>(quest: &Quest, candidates: impl Iterator<Item = &'a Candidate<'a>>) -> Vec<String> {
    let mut needed = BTreeSet::new();
    for candidate in candidates {
        if let ProgramKind::Wrong { caught_by } = &candidate.kind {
            needed.extend(caught_by.iter().map(String::as_str));
        }
    }
    if needed.contains(OTHER_SEEDS) || needed.contains(SOME_SEEDS) {
        needed.insert(SCENARIO);
    }
    let unneeded = quest.tests().filter(|(_, test)| !needed.contains(test.name.as_str()));
    unneeded.map(|(_, test)| format!("no wrong program is caught by {}", test.name)).collect()
}

fn missing_hints(quest: &Quest) -> anyhow::Result<Vec<String>> {
    let path = quest.folder.join("hints.md");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let hints = hints::parse(&text);
    let mut problems = Vec::new();
    if hints.len() < HINTS {
        problems.push(format!("hints.md has {} hints; a quest needs at least {HINTS}", hints.len()));
    }
    let is_step = |title: &str| quest.meta.steps.iter().any(|step| step.title == title);
    let strays = hints.iter().filter_map(|hint| hint.step.filter(|title| !is_step(title)));
    problems.extend(strays.map(|title| format!("`# {title}` in hints.md is not a step of the manifest")));
    problems
        .extend(hints.iter().filter(|hint| hint.text.is_empty()).map(|hint| format!("`{}` has no text", hint.title)));
    Ok(problems)
}

/// A note if the learner's file is not the stub, since `verify` judges the stub.
pub fn note_on_learner(course: &Course, quest: &Quest) -> anyhow::Result<Option<String>> {
    let path = quest.learner();
    let stub = fs::read(quest.stub()).with_context(|| format!("could not read {}", quest.stub().display()))?;
    let is_stub = fs::read(&path).is_ok_and(|learner| learner == stub);
    let name = course.display_path(&path);
    Ok((!is_stub).then(|| format!("{name} has been edited; stub.rs was verified instead")))
}
