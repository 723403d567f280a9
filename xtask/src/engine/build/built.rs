//! What came of a build: cargo's messages, sorted by package, and who is to blame.

use super::{Request, What};
use crate::course::with_slashes;
use crate::engine::limits;
use anyhow::bail;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

/// What came of it, by package.
#[derive(Debug, Default)]
pub struct Built {
    pub packages: BTreeMap<String, Package>,
    /// What cargo wrote for people, without what the compiler said.
    pub(super) said: String,
}

/// What came of one package.
#[derive(Debug, Default)]
pub struct Package {
    /// The program, if it could be built.
    pub program: Option<PathBuf>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// The compiler's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// As the compiler prints it, with colours.
    pub rendered: String,
    pub place: Option<Place>,
}

/// A line in a file of the course, which is named as [`Course::shown`](crate::course::Course::shown) does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: u64,
}

/// The compiler was killed, and not by the runner: nothing is known about the code. What cargo has said.
#[derive(Debug)]
pub struct Killed(String);

impl Display for Killed {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        write!(formatter, "the compiler was killed from outside, as by a system that is out of memory\n{}", self.0)
    }
}

impl Error for Killed {}

impl Built {
    /// Adds one of cargo's JSON messages.
    pub(super) fn add(&mut self, message: &Value, what: What) {
        let Some(package) = package_of(message) else { return };
        let package = self.packages.entry(package.to_owned()).or_default();
        match message["reason"].as_str() {
            // The demo is built with the tests, too: cargo lets tests start it.
            Some("compiler-artifact") if is_kind(&message["target"], what) => {
                if let Some(executable) = message["executable"].as_str() {
                    package.program = Some(executable.into());
                }
            }
            Some("compiler-message") => {
                let message = &message["message"];
                let diagnostic = Diagnostic {
                    rendered: message["rendered"].as_str().unwrap_or_default().to_owned(),
                    place: place(message),
                };
                // How many errors and warnings there were is no news.
                let is_count = message["message"].as_str().is_some_and(|text| text.starts_with("aborting due to"));
                match message["level"].as_str() {
                    Some(level) if level.starts_with("error") && !is_count => package.errors.push(diagnostic),
                    Some("warning") if diagnostic.place.is_some() => package.warnings.push(diagnostic),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// After the build: each package has its program or an error, or else it was not the packages that failed.
    pub(super) fn blame(&mut self, request: &Request) -> anyhow::Result<()> {
        if self.hit_a_full_disk() {
            let target = request.target.display();
            bail!("the disk is full: cargo could not write to {target}. Make room, then try again");
        }
        if self.was_killed() {
            bail!(Killed(self.said.trim_end().to_owned()));
        }
        self.blame_for_what_only_cargo_tells(request);
        for name in &request.packages {
            self.packages.entry(name.clone()).or_default();
        }
        let failed = |name: &String| self.packages.get(name).is_some_and(|package| !package.errors.is_empty());
        for name in &request.packages {
            let mut libraries = request.libraries.get(name).into_iter().flatten();
            if self.has_program(name) || failed(name) || libraries.any(failed) {
                continue;
            }
            let others: String = self.errors().map(|error| error.rendered.as_str()).collect();
            bail!("cargo could not build the course\n{others}{}", self.said.trim_end());
        }
        Ok(())
    }

    /// A compiler that was ended, or that crashed, has no words of its own.
    fn blame_for_what_only_cargo_tells(&mut self, request: &Request) {
        let names: BTreeSet<&String> = request.packages.iter().chain(request.libraries.values().flatten()).collect();
        for name in names {
            let Some(start) = self.said.find(&format!("error: could not compile `{name}`")) else { continue };
            let package = self.packages.entry(name.clone()).or_default();
            if !package.errors.is_empty() {
                continue;
            }
            let words = self.said[start..].trim_end();
            let rendered = if is_out_of_time(words) {
                format!(
                    "{WORKED_FOR} {} seconds and was ended: something loops while it is compiled, \
                     in a `const` for instance.",
                    limits::BUILD_SECONDS
                )
            } else {
                words.to_owned()
            };
            package.errors.push(Diagnostic { rendered, place: None });
        }
    }

    pub fn has_program(&self, package: &str) -> bool {
        self.packages.get(package).is_some_and(|package| package.program.is_some())
    }

    /// Whether a compiler was ended because it had worked too long.
    pub(super) fn ran_out_of_time(&self) -> bool {
        self.said.contains("error: could not compile") && is_out_of_time(&self.said)
    }

    /// Whether it failed without a word of the compiler about any line: a compiler or a linker gave up, for want of memory perhaps.
    pub fn failed_for_no_line(&self) -> bool {
        self.errors().any(|error| error.place.is_none() && !error.rendered.starts_with(WORKED_FOR))
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The compiler, or the linker that it calls.
    fn was_killed(&self) -> bool {
        let of_linker = self.errors().filter(|error| error.place.is_none());
        self.said.contains("(signal: 9")
            || of_linker.into_iter().any(|error| error.rendered.contains("terminated with signal 9"))
    }

    fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.packages.values().flat_map(|package| &package.errors)
    }

    /// Only in what cargo and the compiler say about themselves: a learner's line may hold any words.
    fn hit_a_full_disk(&self) -> bool {
        let without_place = self.errors().filter(|error| error.place.is_none());
        let words = without_place.map(|error| error.rendered.as_str()).chain([self.said.as_str()]);
        // The linker writes through memory, and is ended by a signal instead of an error.
        let signs = ["No space left on device", "not enough space on the disk", "ld terminated with signal 7"];
        words.into_iter().any(|words| signs.iter().any(|sign| words.contains(sign)))
    }
}

/// Cargo knows the signal by number on some systems, and by name on others.
fn is_out_of_time(words: &str) -> bool {
    words.contains("(signal: 24") || words.contains("SIGXCPU")
}

/// How the words begin about a compiler that was ended for its time.
const WORKED_FOR: &str = "The compiler worked for";

fn is_kind(target: &Value, what: What) -> bool {
    target["kind"][0].as_str().is_some_and(|kind| what.kinds().contains(&kind))
}

/// The package that one of cargo's messages is about.
pub(super) fn package_of(message: &Value) -> Option<&str> {
    message["manifest_path"].as_str().and_then(|path| Path::new(path).parent()?.file_name()?.to_str())
}

/// Where the compiler points first.
fn place(message: &Value) -> Option<Place> {
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    Some(Place { file: with_slashes(span["file_name"].as_str()?), line: span["line_start"].as_u64()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(package: &str) -> Request<'static> {
        Request {
            root: Path::new("course"),
            target: "target".into(),
            packages: vec![package.to_owned()],
            features: Vec::new(),
            libraries: BTreeMap::from([(package.to_owned(), vec!["quest-03-queue".to_owned()])]),
            what: What::Tests,
            foreign: None,
        }
    }

    fn message(level: &str, line: u64) -> Value {
        json!({
            "reason": "compiler-message",
            "manifest_path": "/course/quest-03-queue/Cargo.toml",
            "message": {
                "level": level, "rendered": format!("{level}: words\n"),
                "spans": [
                    { "is_primary": false, "file_name": "elsewhere.rs", "line_start": 1 },
                    { "is_primary": true, "file_name": "quest-03-queue/src/learner.rs", "line_start": line },
                ],
            },
        })
    }

    fn built(messages: &[Value]) -> Built {
        let mut built = Built::default();
        for message in messages {
            built.add(message, What::Tests);
        }
        built
    }

    #[test]
    fn a_compile_error_belongs_to_its_package_and_points_at_its_line() {
        let built = built(&[message("warning", 3), message("error", 7)]);
        let package = &built.packages["quest-03-queue"];
        assert_eq!(package.errors[0].rendered, "error: words\n");
        assert_eq!(package.errors[0].place, Some(Place { file: "quest-03-queue/src/learner.rs".into(), line: 7 }));
        assert_eq!(package.warnings.len(), 1);
    }

    #[test]
    fn the_test_program_is_neither_the_library_nor_the_demo() {
        let artifact = |kind: &str, executable: Value| {
            json!({ "reason": "compiler-artifact", "manifest_path": "/course/quest-03-queue/Cargo.toml",
                    "target": { "kind": [kind] }, "executable": executable })
        };
        let built = built(&[
            artifact("lib", Value::Null),
            artifact("test", json!("/target/quest-1")),
            artifact("bin", json!("/target/demo")),
        ]);
        assert_eq!(built.packages["quest-03-queue"].program.as_deref(), Some(Path::new("/target/quest-1")));
    }

    #[test]
    fn a_compiler_that_was_ended_is_told_by_cargo_alone() {
        let told = |cause: &str| {
            let said = format!("error: could not compile `quest-01-a` (lib)\n\nCaused by:\n  {cause}\n");
            let mut built = Built { said, ..Built::default() };
            built.blame(&request("quest-01-a")).unwrap();
            built.packages["quest-01-a"].errors[0].rendered.clone()
        };
        assert!(told("rustc (signal: 24)").contains("something loops while it is compiled"));
        assert!(told("rustc (signal: 24, SIGXCPU: CPU time limit exceeded)").contains("something loops"));
        assert!(told("rustc (signal: 11, SIGSEGV)").contains("SIGSEGV"));
    }

    #[test]
    fn a_full_disk_is_told_and_words_in_a_learners_line_are_not_taken_for_it() {
        let words = "error: failed to write: No space left on device (os error 28)\n";
        let mut full = Built { said: words.into(), ..Built::default() };
        let error = full.blame(&request("quest-01-a")).unwrap_err().to_string();
        assert!(error.starts_with("the disk is full"), "{error}");
        let mut mistaken = built(&[message("error", 7)]);
        mistaken.packages.get_mut("quest-03-queue").unwrap().errors[0].rendered = words.into();
        mistaken.blame(&request("quest-03-queue")).unwrap();
    }

    #[test]
    fn a_failure_of_no_package_is_the_courses() {
        let mut built = Built { said: "error: failed to parse lock file\n".into(), ..Built::default() };
        let error = built.blame(&request("quest-01-a")).unwrap_err().to_string();
        assert!(error.contains("failed to parse lock file"), "{error}");
    }

    #[test]
    fn a_package_that_depends_on_a_broken_one_is_not_to_blame() {
        let mut built = built(&[message("error", 7)]);
        built.said = "error: could not compile `quest-03-queue`\n".into();
        built.blame(&request("quest-07-periodic")).unwrap();
        let package = &built.packages["quest-07-periodic"];
        assert!(package.program.is_none() && package.errors.is_empty());
    }
}
