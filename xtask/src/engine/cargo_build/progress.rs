//! What cargo says while it builds, as far as it explains to a learner why there is no verdict yet.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// Cargo says that it waits for a lock even if it has it the next moment. Only a wait that somebody notices is told.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// Listens until cargo has ended, and returns all that it said. `tell` gets what a learner should know meanwhile; without
/// a `target`, nobody is there to read it.
pub fn follow(lines: &Receiver<String>, target: Option<&Path>, tell: impl Fn(&str)) -> String {
    let mut said = String::new();
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
                        tell(&words);
                    }
                }
                said.push_str(&line);
                said.push('\n');
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(words) = waits_for.take() {
                    tell(&words);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return said,
        }
    }
}

/// What to say if cargo still waits for this lock after a while.
fn lock_of(line: &str, target: &Path) -> Option<String> {
    if !line.trim_start().starts_with("Blocking") {
        return None;
    }
    Some(if line.contains("package cache") {
        "Waiting: another cargo is fetching libraries. This goes on as soon as that one ends.".to_owned()
    } else {
        format!("Waiting: another cargo is building in {}. This goes on as soon as that one ends.", target.display())
    })
}

/// A step of the build that takes a while, in cargo's words; the first of them with what it is for.
fn step(line: &str, is_first: bool) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // Crates of this workspace are named with their path, and are built in no time.
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

    fn told(lines: &[&str]) -> Vec<String> {
        let (sender, receiver) = mpsc::channel();
        for line in lines {
            sender.send((*line).to_owned()).unwrap();
        }
        drop(sender);
        let told = std::cell::RefCell::default();
        let said = follow(&receiver, Some(Path::new("target")), |words| {
            let told: &std::cell::RefCell<Vec<String>> = &told;
            told.borrow_mut().push(words.to_owned());
        });
        assert_eq!(said.lines().collect::<Vec<_>>(), lines);
        told.into_inner()
    }

    #[test]
    fn a_lock_that_is_free_the_next_moment_is_no_wait() {
        assert_eq!(told(&[LOCK, LOCK, "    Finished `dev` profile"]), [""; 0]);
        assert_eq!(told(&[LOCK]), [""; 0]);
    }

    #[test]
    fn a_lock_that_somebody_keeps_is_told() {
        let (sender, receiver) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let listener = thread::spawn(move || {
            follow(&receiver, Some(Path::new("target")), |words| tell.send(words.to_owned()).unwrap())
        });
        sender.send(LOCK.to_owned()).unwrap();
        assert!(told.recv().unwrap().starts_with("Waiting: another cargo is fetching libraries."));
        drop(sender);
        assert_eq!(listener.join().unwrap(), format!("{LOCK}\n"));
        assert!(told.recv().is_err());
    }

    #[test]
    fn the_first_build_is_followed_in_cargos_words() {
        let own = "   Compiling quest-01-blocking v0.1.0 (/course/quest-01-blocking)";
        assert_eq!(told(&[own]), [""; 0]);
        let told = told(&["   Compiling tokio v1.54.0", "   Compiling insta v1.49.0", own]);
        assert!(
            told[0].starts_with("Building the course's libraries.") && told[0].ends_with("Compiling tokio v1.54.0")
        );
        assert_eq!(told[1..], ["   Compiling insta v1.49.0"]);
    }
}
