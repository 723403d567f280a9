//! Finds similar files of different submissions, for a teacher to look at.
//!
//! Similarity proves nothing: two people who learned from the same lesson may well write the same ten lines. So code that the course
//! itself or most of the class has does not count. Renaming, reformatting and comments do not hide similarity.

mod shape;
mod winnow;

use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Submissions with similar files for a quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    pub quest: u32,
    /// The submissions' ids, sorted. There is a single one only if it equals the course's solution.
    pub members: Vec<String>,
    /// In percent: each member is at least this similar to another one.
    pub similarity: u8,
    /// The same tokens, apart from names, literals, comments and formatting.
    pub identical: bool,
    /// The tokens are those of a solution of the course.
    pub equals_solution: bool,
    /// The passages of the shortest member that neither the course nor most of the class has. The more there are, the less likely is
    /// a coincidence.
    pub own: u32,
}

/// The course's own code for a quest.
#[derive(Debug, Clone, Copy)]
pub struct BaseCode<'a> {
    pub stub: &'a str,
    /// The course's solution, and possibly the alternatives.
    pub solutions: &'a [&'a str],
}

/// The percentage from which two files are shown as similar. The course's alternatives, which were written independently, reach 29
/// at most.
pub const ALIKE: u8 = 60;

/// Files with fewer own passages are always similar: they are shown only if they are identical.
pub const OWN: usize = 12;

/// In a class of at least this size, passages that more than half of the submissions have do not count.
const CLASS: usize = 10;

/// Clusters of similar files, the most similar first. `files` are ids of submissions with their files.
///
/// A file that is still the stub is in no cluster.
pub fn clusters(quest: u32, files: &[(String, String)], base_code: BaseCode) -> Vec<Cluster> {
    let programs = programs(files, base_code);
    let mut clusters: Vec<Cluster> = identical(quest, &programs).chain(similar(quest, &programs)).collect();
    clusters.sort_by(|left, right| {
        let key = |cluster: &Cluster| (Reverse(cluster.own), Reverse(cluster.similarity));
        (key(left), &left.members).cmp(&(key(right), &right.members))
    });
    clusters
}

/// A file that one or several submissions have.
struct TokenizedFile<'a> {
    members: Vec<&'a str>,
    equals_solution: bool,
    /// The fingerprints that neither the course nor most of the class has.
    own: BTreeSet<u64>,
}

/// Each program once.
fn programs<'a>(files: &'a [(String, String)], base_code: BaseCode) -> Vec<TokenizedFile<'a>> {
    let stub = shape::shape(base_code.stub);
    let solutions: Vec<Vec<&str>> = base_code.solutions.iter().map(|solution| shape::shape(solution)).collect();
    let mut members: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for (id, source) in files {
        let shape = shape::shape(source);
        if !shape.is_empty() && shape != stub {
            members.entry(shape).or_default().push(id);
        }
    }
    let ours: BTreeSet<u64> = solutions.iter().chain([&stub]).flat_map(|shape| winnow::passages(shape)).collect();
    let program = |(shape, mut members): (Vec<&str>, Vec<&'a str>)| {
        members.sort_unstable();
        let own = winnow::fingerprints(&shape).difference(&ours).copied().collect();
        TokenizedFile { members, equals_solution: solutions.contains(&shape), own }
    };
    let mut programs: Vec<TokenizedFile> = members.into_iter().map(program).collect();
    forget_what_most_have(&mut programs, files.len());
    programs
}

fn forget_what_most_have(programs: &mut [TokenizedFile], class: usize) {
    if class < CLASS {
        return;
    }
    let mut having: BTreeMap<u64, usize> = BTreeMap::new();
    for program in &*programs {
        for fingerprint in &program.own {
            *having.entry(*fingerprint).or_default() += program.members.len();
        }
    }
    for program in programs {
        program.own.retain(|fingerprint| having[fingerprint] * 2 <= class);
    }
}

fn identical(quest: u32, programs: &[TokenizedFile]) -> impl Iterator<Item = Cluster> {
    let shown = programs.iter().filter(|program| program.members.len() > 1 || program.equals_solution);
    shown.map(move |program| Cluster {
        quest,
        members: program.members.iter().map(ToString::to_string).collect(),
        similarity: 100,
        identical: true,
        equals_solution: program.equals_solution,
        own: count(program.own.len()),
    })
}

/// Clusters in which every file is similar to another one.
fn similar(quest: u32, programs: &[TokenizedFile]) -> impl Iterator<Item = Cluster> {
    let mut nearest: Vec<u8> = vec![0; programs.len()];
    let mut group_of: Vec<usize> = (0..programs.len()).collect();
    for ((left, right), percent) in alike(programs) {
        for one in [left, right] {
            nearest[one] = nearest[one].max(percent);
        }
        let (kept, joined) = (group_of[left], group_of[right]);
        group_of.iter_mut().filter(|cluster| **cluster == joined).for_each(|cluster| *cluster = kept);
    }
    let mut together: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (program, cluster) in group_of.into_iter().enumerate() {
        together.entry(cluster).or_default().push(program);
    }
    together.into_values().filter(|cluster| cluster.len() > 1).map(move |cluster| {
        let mut members: Vec<String> =
            cluster.iter().flat_map(|program| &programs[*program].members).map(ToString::to_string).collect();
        members.sort_unstable();
        Cluster {
            quest,
            members,
            similarity: cluster.iter().map(|program| nearest[*program]).min().unwrap_or(0),
            identical: false,
            equals_solution: false,
            own: count(cluster.iter().map(|program| programs[*program].own.len()).min().unwrap_or(0)),
        }
    })
}

/// The pairs of similar files with their similarity: the share of the smaller one's fingerprints that the other has.
fn alike(programs: &[TokenizedFile]) -> impl Iterator<Item = ((usize, usize), u8)> {
    let mut having: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, program) in programs.iter().enumerate().filter(|(_, program)| program.own.len() >= OWN) {
        for fingerprint in &program.own {
            having.entry(*fingerprint).or_default().push(index);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for programs in having.values() {
        for (position, left) in programs.iter().enumerate() {
            for right in &programs[position + 1..] {
                *shared.entry((*left, *right)).or_default() += 1;
            }
        }
    }
    let percent = |((left, right), shared): ((usize, usize), usize)| {
        let smaller = programs[left].own.len().min(programs[right].own.len());
        ((left, right), u8::try_from(shared * 100 / smaller).expect("shared by both"))
    };
    shared.into_iter().map(percent).filter(|(_, percent)| *percent >= ALIKE)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
