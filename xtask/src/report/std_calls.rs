//! Finds blocking calls of std in a learner's file where `timeline`'s mirror should be used.

/// A line that blocks outside virtual time.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub line: u64,
    pub found: &'static str,
    pub instead: &'static str,
}

/// What to look for, what else the line must contain (one of these), and what to use instead; the most specific first.
const MIRRORS: [(&str, &[&str], &str); 8] = [
    ("std::thread::sleep", &[], "timeline::thread::sleep, or tokio::time::sleep in async code"),
    ("std::thread", &[], "timeline::thread"),
    ("std::sync::mpsc", &[], "timeline::sync::mpsc"),
    ("std::sync::Mutex", &[], "timeline::sync::Mutex"),
    ("std::sync::Condvar", &[], "timeline::sync::Condvar"),
    ("std::sync::{", &["Mutex", "Condvar", "mpsc"], "timeline::sync"),
    ("std::{", &["thread", "Mutex", "Condvar", "mpsc"], "timeline::thread and timeline::sync"),
    ("std::io::stdin", &[], "no input: the tests provide none"),
];

/// At most one finding for each line.
pub fn find(source: &str) -> Vec<Finding> {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    (1..)
        .zip(code)
        .filter_map(|(line, code)| {
            let (found, _, instead) = MIRRORS.iter().find(|(found, with, _)| {
                code.contains(found) && (with.is_empty() || with.iter().any(|word| code.contains(word)))
            })?;
            Some(Finding { line, found, instead })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_and_comments_are_not() {
        let source = "// std::thread::sleep is not for here\nuse std::sync::Arc;\nfn f() {\n    std::thread::sleep(d); // now\n}\n";
        let findings = find(source);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].line, findings[0].found), (4, "std::thread::sleep"));
    }

    #[test]
    fn imports_are_found_if_they_name_what_blocks() {
        let source = "use std::thread;\nuse std::sync::{Mutex, Arc};\nuse std::sync::{Arc, atomic::AtomicBool};\nuse std::{rc::Rc, sync::mpsc};";
        let lines: Vec<u64> = find(source).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
