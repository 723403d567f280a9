//! Checks that the reference traces, which the pictures are drawn from, are those of the solutions.

use anyhow::Context as _;
use std::fs;
use std::io::ErrorKind;
use xtask::course::{Course, Quest};
use xtask::engine;
use xtask::engine::verdict::Judgement;
use xtask::files;
use xtask::picture;
use xtask::picture::reference_trace::{self, ReferenceTraces};

/// Compares a quest's reference traces with its solution. With `bless`, updates them.
pub fn check(course: &Course, quest: &Quest, solution: &Judgement, bless: bool) -> anyhow::Result<Vec<String>> {
    let mut traces = ReferenceTraces::new();
    for judged in solution.tests().iter().filter(|judged| judged.verdict.passed()) {
        if picture::runs(&engine::snapshot(quest, &judged.name)?).is_some() {
            traces.insert(judged.name.clone(), judged.traces.clone());
        }
    }
    let (path, wanted) = (quest.reference_run(), reference_trace::text(&traces));
    let kept = match fs::read_to_string(&path) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("could not read {}", path.display())),
    };
    if kept == wanted {
        return Ok(Vec::new());
    }
    if bless {
        files::write_atomically(&path, wanted.as_bytes())?;
        return Ok(Vec::new());
    }
    let (shown, number) = (course.display_path(&path), quest.number);
    Ok(vec![format!("{shown} is out of date. To update it: cargo xtask verify {number} --bless")])
}
