//! What the report says about confinement.

use staff::confine::probe;
use std::process::Command;

pub fn all_of_it_is_granted() {
    let folder = tempfile::tempdir().unwrap();
    let confinement = probe::probe(folder.path()).unwrap();
    assert_eq!(confinement.missing, Vec::<String>::new());
    assert_eq!(confinement.granted.len(), probe::nothing().missing.len() + 1, "and the limits");
}

/// An unconfined program reports nothing as denied, except root's privileges if it does not run as root.
pub fn what_is_not_denied_is_found() {
    let output = Command::new(env!("CARGO_BIN_EXE_staff")).arg(probe::ARGUMENT).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let denied: Vec<&str> = said.lines().filter(|line| *line != "root" && !line.starts_with("cargo xtask ")).collect();
    assert_eq!(denied, Vec::<&str>::new());
    assert!(said.contains("cargo xtask "), "it became another program: {said}");
}
