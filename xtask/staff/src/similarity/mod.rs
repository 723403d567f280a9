//! Finds similar files of different submissions, for a teacher to look at.
//!
//! Similarity proves nothing: two people who learned from the same lesson may well write the same ten lines. So code that the course
//! itself or most of the class has does not count. Renaming, reformatting and comments do not hide similarity.
//!
//! - `shape`: a file as tokens; `winnow`: their fingerprints
//! - `programs`: each different program of a class once, with what is its own
//! - `pairs`: which programs are similar, and how they form clusters
//! - `fragments`: what two files share, to be shown side by side

mod fragments;
mod pairs;
mod programs;
mod shape;
mod winnow;

pub use fragments::{ComparedFile, Comparison};

use programs::Program;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Submissions with similar files for one or several quests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Sorted. Several if the same submissions have identical files, or similar ones, for all of them.
    pub quests: Vec<u32>,
    /// The submissions' ids, sorted. There is a single one only if it equals the course's solution.
    pub members: Vec<String>,
    /// In percent: each member is at least this similar to another one.
    pub similarity: u8,
    /// The same tokens, apart from names, literals, comments and formatting.
    pub identical: bool,
    /// The tokens are those of a solution of the course.
    pub equals_solution: bool,
    /// The passages that two members have in common, the two with most in each quest, and that neither the course nor most of the
    /// class has. The more there are, the less likely is a coincidence.
    pub shared: u32,
    /// Pairs that connect all members in each quest, those with most in common first. A single pair if all are identical.
    pub pairs: Vec<Pair>,
}

/// Two similar files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub quest: u32,
    pub left: String,
    pub right: String,
    /// In percent.
    pub similarity: u8,
    pub shared: u32,
}

/// The course's own code for a quest.
#[derive(Debug, Clone, Copy)]
pub struct BaseCode<'a> {
    pub stub: &'a str,
    /// The course's solution, and possibly the alternatives.
    pub solutions: &'a [String],
}

/// What a class handed in for one quest.
#[derive(Debug, Clone)]
pub struct QuestFiles<'a> {
    pub quest: u32,
    /// By the submissions' ids.
    pub files: BTreeMap<&'a str, Cow<'a, str>>,
    pub base_code: BaseCode<'a>,
}

/// What was found in all quests.
#[derive(Debug, Default)]
pub struct Findings {
    /// Those with most in common first.
    pub clusters: Vec<Cluster>,
    /// Passages that do not count, by quest.
    base: BTreeMap<u32, BTreeSet<u64>>,
}

/// The percentage from which two files are shown as similar. The course's alternatives, which were written independently, reach 29
/// at most.
pub const ALIKE: u8 = 60;

/// Files with fewer own passages are always similar: they are shown only if they are identical.
pub const OWN: usize = 12;

/// Looks for similar files, quest by quest.
///
/// A file that is still the stub is in no cluster.
pub fn search(quests: &[QuestFiles]) -> Findings {
    let mut findings = Findings::default();
    let mut identical: Vec<Cluster> = Vec::new();
    let mut similar: Vec<Cluster> = Vec::new();
    for quest in quests {
        let (programs, base) = programs::programs(quest);
        findings.base.insert(quest.quest, base);
        identical.extend(programs.iter().filter_map(|program| copies(quest.quest, program)));
        similar.extend(pairs::clusters(quest.quest, &programs));
    }
    findings.clusters = in_several_quests(identical_in_more_quests(identical).into_iter().chain(similar));
    findings.clusters.sort_by(|left, right| {
        let key = |cluster: &Cluster| (Reverse(cluster.shared), Reverse(cluster.similarity));
        (key(left), &left.members, &left.quests).cmp(&(key(right), &right.members, &right.quests))
    });
    findings
}

impl Findings {
    /// The files of a pair with what they share; none if they are not among the files.
    pub fn compare<'a>(&self, quests: &'a [QuestFiles], pair: &Pair) -> Option<Comparison<'a>> {
        let quest = quests.iter().find(|quest| quest.quest == pair.quest)?;
        let file = |id: &str| quest.files.get(id).map(AsRef::as_ref);
        Some(fragments::compare(file(&pair.left)?, file(&pair.right)?, self.base.get(&pair.quest)?))
    }
}

/// A program that several submissions have, or that is the course's.
fn copies(quest: u32, program: &Program) -> Option<Cluster> {
    let shared = count(program.own.len());
    let members: Vec<String> = program.members.iter().map(ToString::to_string).collect();
    let pair = |left: &String, right: &String| Pair {
        quest,
        left: left.clone(),
        right: right.clone(),
        similarity: 100,
        shared,
    };
    (members.len() > 1 || program.equals_solution).then(|| Cluster {
        quests: vec![quest],
        pairs: members.first().zip(members.get(1)).map(|(left, right)| pair(left, right)).into_iter().collect(),
        members,
        similarity: 100,
        identical: true,
        equals_solution: program.equals_solution,
        shared,
    })
}

/// The same clusters. Each is in all quests in which its members are identical, also where others are, too: of a whole copy, no
/// quest is missing because it is so short that a third person wrote the same.
fn identical_in_more_quests(clusters: Vec<Cluster>) -> Vec<Cluster> {
    let mut cluster_of: HashMap<(&str, u32), usize> = HashMap::new();
    for (index, cluster) in clusters.iter().enumerate() {
        for member in &cluster.members {
            cluster_of.insert((member, cluster.quests[0]), index);
        }
    }
    let quests: BTreeSet<u32> = clusters.iter().map(|cluster| cluster.quests[0]).collect();
    let mut more = Vec::new();
    for cluster in &clusters {
        for quest in quests.iter().filter(|quest| **quest != cluster.quests[0]) {
            let Some(index) = cluster_of.get(&(cluster.members[0].as_str(), *quest)) else { continue };
            let larger = &clusters[*index];
            let holds_all = cluster.members.iter().all(|member| cluster_of.get(&(member, *quest)) == Some(index));
            if holds_all && larger.members != cluster.members && larger.equals_solution == cluster.equals_solution {
                let pairs =
                    cluster.pairs.iter().map(|pair| Pair { quest: *quest, shared: larger.shared, ..pair.clone() });
                more.push(Cluster {
                    quests: vec![*quest],
                    shared: larger.shared,
                    pairs: pairs.collect(),
                    ..cluster.clone()
                });
            }
        }
    }
    clusters.into_iter().chain(more).collect()
}

/// Clusters of the same members in one.
fn in_several_quests(clusters: impl Iterator<Item = Cluster>) -> Vec<Cluster> {
    let mut together: BTreeMap<(Vec<String>, bool, bool), BTreeMap<u32, Cluster>> = BTreeMap::new();
    for cluster in clusters {
        let key = (cluster.members.clone(), cluster.identical, cluster.equals_solution);
        together.entry(key).or_default().insert(cluster.quests[0], cluster);
    }
    let merged = together.into_iter().map(|((members, identical, equals_solution), quests)| Cluster {
        quests: quests.keys().copied().collect(),
        members,
        similarity: quests.values().map(|cluster| cluster.similarity).min().unwrap_or(0),
        identical,
        equals_solution,
        shared: quests.values().fold(0, |sum, cluster| sum.saturating_add(cluster.shared)),
        pairs: quests.into_values().flat_map(|cluster| cluster.pairs).collect(),
    });
    merged.collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
