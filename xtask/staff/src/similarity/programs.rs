//! Each different program of a class once, with what is its own.

use super::QuestFiles;
use super::shape::shape;
use super::winnow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A program that one or several submissions have.
pub struct Program<'a> {
    /// Sorted.
    pub members: Vec<&'a str>,
    pub equals_solution: bool,
    /// The fingerprints that neither the course nor most of the class has, sorted.
    pub own: Vec<u64>,
}

/// In a class of at least this size, passages that more than half of the submissions have do not count.
const CLASS: usize = 10;

/// Passages that more different programs have do not count either, however large the class is. This limits the work: it grows with
/// the number of pairs.
const MOST_PROGRAMS: usize = 500;

/// The programs, and the passages that do not count.
pub fn programs<'a>(quest: &'a QuestFiles) -> (Vec<Program<'a>>, BTreeSet<u64>) {
    let stub = shape(quest.base_code.stub);
    let solutions: Vec<Vec<&str>> = quest.base_code.solutions.iter().map(|solution| shape(solution)).collect();
    let mut members: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for (id, source) in &quest.files {
        let shape = shape(source);
        if !shape.is_empty() && shape != stub {
            members.entry(shape).or_default().push(id);
        }
    }
    let mut base: BTreeSet<u64> = solutions.iter().chain([&stub]).flat_map(|shape| winnow::passages(shape)).collect();
    let programs: Vec<(Program, Vec<u64>)> = members
        .into_iter()
        .map(|(shape, members)| {
            let equals_solution = solutions.contains(&shape);
            (Program { members, equals_solution, own: Vec::new() }, winnow::passages(&shape).collect())
        })
        .collect();
    base.extend(what_most_have(&programs, quest.files.len()));
    let own = |(program, passages): (Program<'a>, Vec<u64>)| Program {
        own: winnow::fingerprints(&passages).difference(&base).copied().collect(),
        ..program
    };
    (programs.into_iter().map(own).collect(), base)
}

/// The passages that too many of a class have.
fn what_most_have(programs: &[(Program, Vec<u64>)], class: usize) -> Vec<u64> {
    if class < CLASS {
        return Vec::new();
    }
    let mut having: HashMap<u64, (usize, usize)> = HashMap::new();
    for (program, passages) in programs {
        let mut passages = passages.clone();
        passages.sort_unstable();
        passages.dedup();
        for passage in passages {
            let (members, programs) = having.entry(passage).or_default();
            *members += program.members.len();
            *programs += 1;
        }
    }
    let too_many =
        having.into_iter().filter(|(_, (members, programs))| members * 2 > class || *programs > MOST_PROGRAMS);
    too_many.map(|(passage, _)| passage).collect()
}
