use super::*;
use pretty_assertions::assert_eq;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const STUB: &str = "/// Adds.\npub fn add(left: u32, right: u32) -> u32 {\n    todo!(\"use {left} and {right}\")\n}\n";
const SOLUTION: &str = "/// Adds.\npub fn add(left: u32, right: u32) -> u32 {\n    left + right\n}\n";

fn base_code() -> BaseCode<'static> {
    BaseCode { stub: STUB, solutions: &[SOLUTION] }
}

fn files(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(id, source)| ((*id).to_owned(), (*source).to_owned())).collect()
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
    let clusters = clusters(3, &files(&[("zoe", &other), ("ann", &renamed), ("bob", &program(1, 30))]), base_code());
    let expected = Cluster {
        quest: 3,
        members: vec!["ann".into(), "zoe".into()],
        similarity: 100,
        identical: true,
        equals_solution: false,
        own: clusters[0].own,
    };
    assert_eq!(clusters, [expected]);
}

#[test]
fn stubs_and_empty_files_are_no_group() {
    let commented = format!("// I did not get to it.\n{STUB}");
    assert_eq!(clusters(3, &files(&[("a", STUB), ("b", &commented), ("c", ""), ("d", "// x")]), base_code()), []);
}

#[test]
fn even_a_single_copy_of_the_solution_is_reported() {
    let clusters =
        clusters(3, &files(&[("ann", &SOLUTION.replace("left", "l")), ("bob", &program(2, 5))]), base_code());
    assert_eq!(clusters.len(), 1);
    assert!(clusters[0].equals_solution && clusters[0].identical);
    assert_eq!(clusters[0].members, ["ann"]);
}

#[test]
fn a_few_changes_do_not_hide_a_copy() {
    let original = program(7, 60);
    let changed = original.replacen("loop", "while true", 1) + "fn unused() {}\n";
    let clusters = clusters(3, &files(&[("ann", &original), ("bob", &changed), ("cid", &program(8, 60))]), base_code());
    assert_eq!(clusters.len(), 1);
    assert_eq!(clusters[0].members, ["ann", "bob"]);
    assert!(!clusters[0].identical && clusters[0].similarity >= ALIKE && clusters[0].similarity < 100, "{clusters:?}");
}

#[test]
fn identical_files_are_in_a_larger_group_of_similar_ones_too() {
    let original = program(7, 60);
    let changed = original.replacen("loop", "while true", 1);
    let clusters = clusters(3, &files(&[("a", &original), ("b", &original), ("c", &changed)]), base_code());
    let members: Vec<_> = clusters.iter().map(|cluster| (cluster.identical, cluster.members.join(" "))).collect();
    assert_eq!(members, [(true, "a b".to_owned()), (false, "a b c".to_owned())]);
}

#[test]
fn short_files_are_not_called_similar() {
    let short = program(7, 2);
    assert_eq!(clusters(3, &files(&[("a", &short), ("b", &format!("{short} fn b() {{}}"))]), base_code()), []);
}

#[test]
fn what_the_course_has_does_not_count() {
    let (ours, left, right) = (program(1, 60), program(2, 20), program(3, 20));
    let files = files(&[("a", &(ours.clone() + &left)), ("b", &(ours.clone() + &right))]);
    assert_eq!(clusters(3, &files, BaseCode { stub: &ours, solutions: &[] }), []);
    assert_eq!(clusters(3, &files, BaseCode { stub: STUB, solutions: &[&ours] }), []);
    assert_eq!(clusters(3, &files, base_code()).len(), 1);
}

#[test]
fn what_most_of_the_class_has_does_not_count() {
    let shared = program(1, 60);
    let class = |sharing: u64| -> Vec<(String, String)> {
        let start = |seed| if seed < sharing { shared.as_str() } else { "" };
        (0..12).map(|seed| (format!("s{seed}"), format!("{}{}", start(seed), program(100 + seed, 10)))).collect()
    };
    assert_eq!(clusters(3, &class(7), base_code()), []);
    assert_eq!(clusters(3, &class(6), base_code()).len(), 1);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut files: Vec<_> = (0..20).map(|seed| (format!("s{seed}"), program(seed / 2, 30))).collect();
    let forwards = clusters(3, &files, base_code());
    files.reverse();
    assert_eq!(clusters(3, &files, base_code()), forwards);
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
        assert_eq!(clusters(1, &files, BaseCode { stub: &stub, solutions: &[&solution] }), [], "{package}");
    }
}
