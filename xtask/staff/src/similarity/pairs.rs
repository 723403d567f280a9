//! Which programs are similar, and how they form clusters.

use super::programs::Program;
use super::{ALIKE, Cluster, OWN, Pair, count};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Two similar programs, by their indices.
struct Edge {
    left: usize,
    right: usize,
    percent: u8,
    shared: usize,
}

/// Clusters in which every file is similar to another one.
pub fn clusters(quest: u32, programs: &[Program]) -> impl Iterator<Item = Cluster> {
    let mut edges = edges(programs);
    edges.sort_by_key(|edge| (Reverse(edge.shared), Reverse(edge.percent), edge.left, edge.right));
    let mut nearest: Vec<u8> = vec![0; programs.len()];
    for edge in &edges {
        for program in [edge.left, edge.right] {
            nearest[program] = nearest[program].max(edge.percent);
        }
    }
    let mut groups = Groups::of(programs.len());
    // Those that join two groups are a tree that connects all members, with as much in common as possible.
    let tree: Vec<Edge> = edges.into_iter().filter(|edge| groups.join(edge.left, edge.right)).collect();
    let mut together: BTreeMap<usize, Vec<Edge>> = BTreeMap::new();
    for edge in tree {
        together.entry(groups.root(edge.left)).or_default().push(edge);
    }
    together.into_values().map(move |edges| cluster(quest, programs, &edges, &nearest))
}

fn cluster(quest: u32, programs: &[Program], edges: &[Edge], nearest: &[u8]) -> Cluster {
    let mut indices: Vec<usize> = edges.iter().flat_map(|edge| [edge.left, edge.right]).collect();
    indices.sort_unstable();
    indices.dedup();
    let mut members: Vec<String> =
        indices.iter().flat_map(|program| &programs[*program].members).map(ToString::to_string).collect();
    members.sort_unstable();
    Cluster {
        quests: vec![quest],
        members,
        similarity: indices.iter().map(|program| nearest[*program]).min().unwrap_or(0),
        identical: false,
        equals_solution: false,
        shared: edges.iter().map(|edge| count(edge.shared)).max().unwrap_or(0),
        pairs: edges.iter().map(|edge| pair(quest, programs, edge)).collect(),
    }
}

fn pair(quest: u32, programs: &[Program], edge: &Edge) -> Pair {
    let mut ids = [edge.left, edge.right].map(|program| programs[program].members[0].to_owned());
    ids.sort_unstable();
    let [left, right] = ids;
    Pair { quest, left, right, similarity: edge.percent, shared: count(edge.shared) }
}

/// The pairs of similar programs. Their similarity is the share of the smaller one's fingerprints that the other has.
fn edges(programs: &[Program]) -> Vec<Edge> {
    let large = || programs.iter().enumerate().filter(|(_, program)| program.own.len() >= OWN);
    let mut having: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, program) in large() {
        for fingerprint in &program.own {
            having.entry(*fingerprint).or_default().push(index);
        }
    }
    let mut edges = Vec::new();
    let mut shared: Vec<usize> = vec![0; programs.len()];
    for (left, program) in large() {
        let mut others: Vec<usize> = Vec::new();
        for right in program.own.iter().flat_map(|fingerprint| &having[fingerprint]).filter(|right| **right > left) {
            if shared[*right] == 0 {
                others.push(*right);
            }
            shared[*right] += 1;
        }
        for right in others {
            let shared = std::mem::take(&mut shared[right]);
            let smaller = program.own.len().min(programs[right].own.len());
            let percent = u8::try_from(shared * 100 / smaller).expect("shared by both");
            if percent >= ALIKE {
                edges.push(Edge { left, right, percent, shared });
            }
        }
    }
    edges
}

/// Disjoint sets of indices.
struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    fn of(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    /// Whether they were in two groups until now.
    fn join(&mut self, left: usize, right: usize) -> bool {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right)] = left.min(right);
        left != right
    }
}
