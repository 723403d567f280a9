//! What learners read if their cargo is too old for the course. A test has no old cargo at hand, so this checks the
//! line at which such a cargo stops; CONTRIBUTING says how to try one.

use std::fs;
use std::path::Path;
use toml::Table;

#[test]
fn the_first_manifest_that_an_older_cargo_reads_says_which_rust_is_needed() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = |folder: &Path| fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse::<Table>().unwrap();
    let root = manifest(repository);
    let workspace = root["workspace"].as_table().unwrap();
    assert_eq!(workspace["resolver"].as_str(), Some("2"), "cargo 1.51 knows no other");
    let first = manifest(&repository.join(workspace["members"][0].as_str().unwrap()));
    assert_eq!(first["package"]["edition"].as_str(), Some("2021"), "cargo 1.56 knows no later one");
    let rust = workspace["package"]["rust-version"].as_str().unwrap();
    let sentence = format!("You need Rust {rust} or newer: rustup update");
    let targets = first["target"].as_table().unwrap();
    assert!(targets.keys().any(|target| target.contains(&sentence) && target.contains("r#")), "{targets:?}");
}
