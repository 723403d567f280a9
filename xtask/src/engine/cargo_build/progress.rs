//! Cargo's progress, as far as it explains to a learner why there is no verdict yet.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// Cargo announces that it waits for a lock even if it gets it at once. Only a noticeable wait is reported.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// Follows cargo until it ends, and returns everything that it printed. `print` gets what a learner should know meanwhile; without
/// a `target`, nobody reads it.
pub fn follow(lines: &Receiver<String>, target: Option<&Path>, print: impl Fn(&str)) -> String {
    let mut stderr = String::new();
    let mut is_first = true;
    let mut waits_for: Option<String> = None;
    loop {
        let line = match &waits_for {
            None => lines.recv().map_err(RecvTimeoutError::from),
            Some(_) => lines.recv_timeout(NOTICEABLE),
        };
        match line {
            Ok(line) => {
                if let Some(target) = target {
                    waits_for = lock_of(&line, target);
                    if let Some(words) = step(&line, is_first) {
                        is_first = false;
                        print(&words);
                    }
                }
                stderr.push_str(&line);
                stderr.push('\n');
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(words) = waits_for.take() {
                    print(&words);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return stderr,
        }
    }
}

/// What to print if cargo still waits for this lock after a while.
fn lock_of(line: &str, target: &Path) -> Option<String> {
    if !line.trim_start().starts_with("Blocking") {
        return None;
    }
    Some(if line.contains("package cache") {
        "Waiting: another cargo is fetching libraries. The check continues as soon as that one is done.".to_owned()
    } else {
        format!(
            "Waiting: another cargo is building in {}. The check continues as soon as that one is done.",
            target.display()
        )
    })
}

/// A step of the build that takes a while, in cargo's words. The first one is preceded by the reason.
fn step(line: &str, is_first: bool) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // Crates of this workspace are printed with their path. They are built quickly.
    let is_noticeable = matches!(words.as_slice(), ["Compiling", _, _] | ["Downloaded" | "Downloading", ..]);
    let lead = "Building the course's libraries. This happens once; how long it takes depends on the machine.\n";
    is_noticeable.then(|| format!("{}{line}", if is_first { lead } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    const LOCK: &str = "    Blocking waiting for file lock on package cache";

    fn printed(lines: &[&str]) -> Vec<String> {
        let (sender, receiver) = mpsc::channel();
        for line in lines {
            sender.send((*line).to_owned()).unwrap();
        }
        drop(sender);
        let printed = std::cell::RefCell::default();
        let stderr = follow(&receiver, Some(Path::new("target")), |words| {
            let printed: &std::cell::RefCell<Vec<String>> = &printed;
            printed.borrow_mut().push(words.to_owned());
        });
        assert_eq!(stderr.lines().collect::<Vec<_>>(), lines);
        printed.into_inner()
    }

    #[test]
    fn a_lock_that_is_free_the_next_moment_is_no_wait() {
        assert_eq!(printed(&[LOCK, LOCK, "    Finished `dev` profile"]), [""; 0]);
        assert_eq!(printed(&[LOCK]), [""; 0]);
    }

    #[test]
    fn a_lock_that_another_cargo_keeps_is_reported() {
        let (sender, receiver) = mpsc::channel();
        let (print, printed) = mpsc::channel();
        let listener = thread::spawn(move || {
            follow(&receiver, Some(Path::new("target")), |words| print.send(words.to_owned()).unwrap())
        });
        sender.send(LOCK.to_owned()).unwrap();
        assert!(printed.recv().unwrap().starts_with("Waiting: another cargo is fetching libraries."));
        drop(sender);
        assert_eq!(listener.join().unwrap(), format!("{LOCK}\n"));
        assert!(printed.recv().is_err());
    }

    #[test]
    fn the_first_build_is_followed_in_cargos_words() {
        let own = "   Compiling quest-01-blocking v0.1.0 (/course/quest-01-blocking)";
        assert_eq!(printed(&[own]), [""; 0]);
        let printed = printed(&["   Compiling tokio v1.54.0", "   Compiling insta v1.49.0", own]);
        assert!(
            printed[0].starts_with("Building the course's libraries.")
                && printed[0].ends_with("Compiling tokio v1.54.0")
        );
        assert_eq!(printed[1..], ["   Compiling insta v1.49.0"]);
    }
}
