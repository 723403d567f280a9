use super::*;
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const STUB: &str = "/// Adds.\npub fn add(left: u32, right: u32) -> u32 {\n    todo!(\"use {left} and {right}\")\n}\n";
const SOLUTION: &str = "/// Adds.\npub fn add(left: u32, right: u32) -> u32 {\n    left + right\n}\n";

fn files(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(id, source)| ((*id).to_owned(), (*source).to_owned())).collect()
}

fn quest<'a>(quest: u32, files: &'a [(String, String)], base_code: BaseCode<'a>) -> QuestFiles<'a> {
    let files = files.iter().map(|(id, source)| (id.as_str(), Cow::from(source))).collect();
    QuestFiles { quest, files, base_code }
}

/// The clusters of one quest, in a course with this code.
fn clusters_in(stub: &str, solutions: &[&str], files: &[(String, String)]) -> Vec<Cluster> {
    let solutions: Vec<String> = solutions.iter().map(ToString::to_string).collect();
    search(&[quest(3, files, BaseCode { stub, solutions: &solutions })]).clusters
}

fn clusters(files: &[(String, String)]) -> Vec<Cluster> {
    clusters_in(STUB, &[SOLUTION], files)
}

/// A program of `statements` statements that differs from every program of another `seed`.
fn program(seed: u64, statements: usize) -> String {
    let mut random = seed;
    let mut out = String::from("pub fn add(left: u32, right: u32) -> u32 {\n");
    for _ in 0..statements {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let choice = usize::try_from(random >> 60).unwrap();
        let operator = ["+", "-", "*", "/", "%", "^", "|", "&"][choice % 8];
        let statement = ["let a = b", "if a == b { c() } else { d", "loop { a", "while b < c { e"][choice / 4];
        let closing = if statement.contains('{') { "}" } else { "" };
        writeln!(out, "    {statement} {operator} left {closing};").unwrap();
    }
    out + "}\n"
}

fn course_file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

#[test]
fn identical_files_are_a_group_whatever_their_names() {
    let other = SOLUTION.replace("left + right", "{ let sum = left; sum + right }");
    let renamed = other.replace("sum", "total").replace("/// Adds.", "// Mine!");
    let clusters = clusters(&files(&[("zoe", &other), ("ann", &renamed), ("bob", &program(1, 30))]));
    let expected = Cluster {
        quests: vec![3],
        members: vec!["ann".into(), "zoe".into()],
        similarity: 100,
        identical: true,
        equals_solution: false,
        shared: clusters[0].shared,
        pairs: vec![Pair {
            quest: 3,
            left: "ann".into(),
            right: "zoe".into(),
            similarity: 100,
            shared: clusters[0].shared,
        }],
    };
    assert_eq!(clusters, [expected]);
}

#[test]
fn stubs_and_empty_files_are_no_group() {
    let commented = format!("// I did not get to it.\n{STUB}");
    assert_eq!(clusters(&files(&[("a", STUB), ("b", &commented), ("c", ""), ("d", "// x")])), []);
}

#[test]
fn even_a_single_copy_of_the_solution_is_reported() {
    let clusters = clusters(&files(&[("ann", &SOLUTION.replace("left", "l")), ("bob", &program(2, 5))]));
    assert_eq!(clusters.len(), 1);
    assert!(clusters[0].equals_solution && clusters[0].identical);
    assert_eq!(clusters[0].members, ["ann"]);
}

#[test]
fn a_few_changes_do_not_hide_a_copy() {
    let original = program(7, 60);
    let changed = original.replacen("loop", "while true", 1) + "fn unused() {}\n";
    let clusters = clusters(&files(&[("ann", &original), ("bob", &changed), ("cid", &program(8, 60))]));
    assert_eq!(clusters.len(), 1);
    assert_eq!(clusters[0].members, ["ann", "bob"]);
    assert!(!clusters[0].identical && clusters[0].similarity >= ALIKE && clusters[0].similarity < 100, "{clusters:?}");
}

#[test]
fn identical_files_are_in_a_larger_group_of_similar_ones_too() {
    let original = program(7, 60);
    let changed = original.replacen("loop", "while true", 1);
    let clusters = clusters(&files(&[("a", &original), ("b", &original), ("c", &changed)]));
    let members: Vec<_> = clusters.iter().map(|cluster| (cluster.identical, cluster.members.join(" "))).collect();
    assert_eq!(members, [(true, "a b".to_owned()), (false, "a b c".to_owned())]);
}

#[test]
fn short_files_are_not_called_similar() {
    let short = program(7, 2);
    assert_eq!(clusters(&files(&[("a", &short), ("b", &format!("{short} fn b() {{}}"))])), []);
}

#[test]
fn what_the_course_has_does_not_count() {
    let (ours, left, right) = (program(1, 60), program(2, 20), program(3, 20));
    let files = files(&[("a", &(ours.clone() + &left)), ("b", &(ours.clone() + &right))]);
    assert_eq!(clusters_in(&ours, &[], &files), []);
    assert_eq!(clusters_in(STUB, &[&ours], &files), []);
    assert_eq!(clusters(&files).len(), 1);
}

#[test]
fn what_most_of_the_class_has_does_not_count() {
    let shared = program(1, 60);
    let class = |sharing: u64| -> Vec<(String, String)> {
        let start = |seed| if seed < sharing { shared.as_str() } else { "" };
        (0..12).map(|seed| (format!("s{seed}"), format!("{}{}", start(seed), program(100 + seed, 10)))).collect()
    };
    assert_eq!(clusters(&class(7)), []);
    assert_eq!(clusters(&class(6)).len(), 1);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut files: Vec<_> = (0..20).map(|seed| (format!("s{seed}"), program(seed / 2, 30))).collect();
    let forwards = clusters(&files);
    files.reverse();
    assert_eq!(clusters(&files), forwards);
    assert_eq!(forwards.len(), 10);
}

/// Programs written independently for the same stub, in deliberately different ways.
#[test]
fn the_courses_alternatives_are_not_alike() {
    for quest in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../solutions/alternatives")).unwrap() {
        let quest = quest.unwrap();
        let package = quest.file_name().into_string().unwrap();
        let sources = fs::read_dir(quest.path()).unwrap().map(|file| file.unwrap());
        let files: Vec<(String, String)> = sources
            .map(|file| (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap()))
            .collect();
        let solution = course_file(&format!("solutions/src/{}.rs", package.replace('-', "_")));
        let stub = course_file(&format!("{package}/stub.rs"));
        assert!(files.len() > 1, "{package}");
        assert_eq!(clusters_in(&stub, &[&solution], &files), [], "{package}");
    }
}

/// Ids, quests and passages of each cluster, in order.
fn rows(findings: &Findings) -> Vec<(String, Vec<u32>, u32)> {
    findings.clusters.iter().map(|it| (it.members.join(" "), it.quests.clone(), it.shared)).collect()
}

#[test]
fn a_whole_copy_is_one_cluster_whatever_others_wrote() {
    let class: Vec<Vec<(String, String)>> = (1..=10)
        .map(|quest| {
            let copied = program(quest, 40);
            // The first quest is so short that a third person wrote the same.
            let third = if quest == 1 { copied.clone() } else { program(100 + quest, 40) };
            files(&[
                ("ann", &copied),
                ("bob", &copied.replace("left", "x")),
                ("cid", &third),
                ("dot", &program(200 + quest, 40)),
            ])
        })
        .collect();
    let solutions = [SOLUTION.to_owned()];
    let quests: Vec<QuestFiles> = (1..)
        .zip(&class)
        .map(|(number, files)| quest(number, files, BaseCode { stub: STUB, solutions: &solutions }))
        .collect();
    let findings = search(&quests);
    let rows: Vec<_> = rows(&findings).into_iter().map(|(members, quests, _)| (members, quests)).collect();
    assert_eq!(rows, [("ann bob".to_owned(), (1..=10).collect()), ("ann bob cid".to_owned(), vec![1])]);
    assert_eq!(findings.clusters[0].pairs.len(), 10);
    for pair in &findings.clusters[0].pairs {
        let comparison = findings.compare(&quests, pair).unwrap();
        assert_eq!((comparison.left.percent, comparison.left.fragments.len()), (100, 1), "{pair:?}");
    }
}

#[test]
fn those_with_most_in_common_come_first() {
    let pair = |seed, statements, own: usize| {
        let common = program(seed, statements);
        (common.clone() + &program(seed + 50, own), common + &program(seed + 60, own))
    };
    // The first pair is longer, the second has more in common.
    let ((a, b), (c, d)) = (pair(1, 45, 20), pair(2, 60, 4));
    let files = files(&[("a", &a), ("b", &b), ("c", &c), ("d", &d)]);
    let clusters = clusters(&files);
    let members: Vec<String> = clusters.iter().map(|cluster| cluster.members.join(" ")).collect();
    assert_eq!(members, ["c d", "a b"]);
    assert!(clusters.is_sorted_by_key(|cluster| Reverse(cluster.shared)), "{clusters:?}");
    for cluster in &clusters {
        assert_eq!(cluster.shared, cluster.pairs[0].shared);
    }
}

#[test]
fn pairs_connect_all_members() {
    let original = program(7, 60);
    let changed = |count: usize| original.replacen("loop", "while true", count);
    let files = files(&[("a", &original), ("b", &changed(1)), ("c", &changed(2)), ("d", &changed(3))]);
    let clusters = clusters(&files);
    assert_eq!((clusters.len(), clusters[0].members.len(), clusters[0].pairs.len()), (1, 4, 3));
    assert!(clusters[0].pairs.is_sorted_by_key(|pair| Reverse(pair.shared)));
    let paired: BTreeSet<&str> =
        clusters[0].pairs.iter().flat_map(|pair| [pair.left.as_str(), pair.right.as_str()]).collect();
    assert_eq!(paired.len(), 4);
}

/// The work must not grow with the square of the class: two fifths have a long beginning in common, which is less than the half
/// that would not count.
#[test]
fn ten_thousand_files_are_searched() {
    let common = program(1, 20);
    let own = |seed: u64| program(100 + seed, 8);
    let files: Vec<(String, String)> = (0..10_000)
        .map(|seed| {
            let source = if seed < 4_000 { common.clone() + &own(seed) } else { own(seed % 3_000 + 4_000) };
            (format!("s{seed:05}"), source)
        })
        .collect();
    let clusters = clusters(&files);
    // The last three thousand repeat earlier ones.
    let copies: Vec<&Cluster> = clusters.iter().filter(|cluster| cluster.identical).collect();
    assert!(copies.iter().any(|cluster| cluster.members.contains(&"s04500".to_owned())), "{}", copies.len());
    assert!(clusters.iter().all(|cluster| cluster.members.len() < 500));
}
