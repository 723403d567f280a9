//! The output of a build: cargo's messages, sorted by package, and which package is at fault.

use super::lacked_memory::{CompilerKilled, is_about_memory, lacked_memory};
use super::request::{BuildRequest, TargetKind};
use crate::course::with_slashes;
use crate::engine::{launcher, memory};
use anyhow::bail;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The output of a build, by package.
#[derive(Debug, Default)]
pub struct BuildOutput {
    pub packages: BTreeMap<String, PackageOutput>,
    /// What cargo itself printed, without the compiler's messages.
    pub(super) stderr: String,
    /// Whether it was killed because there were too many messages.
    pub(super) was_cut: bool,
    /// Whether a constant needed more memory than the compiler got.
    pub(super) lacked_memory: bool,
    /// Whether cargo itself was killed, and not by the runner.
    pub(super) cargo_was_killed: bool,
}

/// The output for one package.
#[derive(Debug, Default)]
pub struct PackageOutput {
    /// The program, if it could be built.
    pub program: Option<PathBuf>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// A message of the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// As the compiler prints it, with colours.
    pub rendered: String,
    pub location: Option<SourceLocation>,
}

/// A line in a file of the course, which is named as [`Course::display_path`](crate::course::Course::display_path) does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLocation {
    pub file: String,
    pub line: u64,
}

impl BuildOutput {
    /// Adds one of cargo's JSON messages.
    pub(super) fn add(&mut self, message: &Value, what: TargetKind) {
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
                self.lacked_memory |= is_about_memory(message);
                let diagnostic = Diagnostic {
                    rendered: message["rendered"].as_str().unwrap_or_default().to_owned(),
                    location: location(message),
                };
                // The summary of errors and warnings adds nothing.
                let is_count = message["message"].as_str().is_some_and(|text| text.starts_with("aborting due to"));
                match message["level"].as_str() {
                    Some(level) if level.starts_with("error") && !is_count => package.errors.push(diagnostic),
                    Some("warning") if diagnostic.location.is_some() => package.warnings.push(diagnostic),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// After the build, every package has a program or an error. Otherwise something else than the packages has failed, or the
    /// build was cut short.
    pub(super) fn blame(&mut self, request: &BuildRequest) -> anyhow::Result<()> {
        if self.hit_a_full_disk() {
            let target = request.target.display();
            bail!("the disk is full: cargo could not write to {target}. Make room, then try again");
        }
        let limit = request.isolation.is_some().then_some(launcher::FOREIGN_BUILD_MEMORY);
        let was_refused = |limit| self.lacked_memory_below(limit) && memory::may_be_refused_below(limit);
        if self.was_killed() || limit.is_some_and(was_refused) {
            bail!(CompilerKilled { limit, stderr: self.stderr.trim_end().to_owned() });
        }
        self.blame_for_what_only_cargo_reports(request);
        for name in &request.packages {
            self.packages.entry(name.clone()).or_default();
        }
        let failed = |name: &String| self.has_errors(name);
        for name in &request.packages {
            let mut libraries = request.libraries.get(name).into_iter().flatten();
            if self.was_cut || self.program(name).is_some() || failed(name) || libraries.any(failed) {
                continue;
            }
            let others: String = self.errors().map(|error| error.rendered.as_str()).collect();
            bail!("cargo could not build the course\n{others}{}", self.stderr.trim_end());
        }
        Ok(())
    }

    /// A compiler that was killed, or that crashed, leaves no message of its own.
    fn blame_for_what_only_cargo_reports(&mut self, request: &BuildRequest) {
        let names: BTreeSet<&String> = request.packages.iter().chain(request.libraries.values().flatten()).collect();
        for name in names {
            let Some(start) = self.stderr.find(&format!("error: could not compile `{name}`")) else { continue };
            let package = self.packages.entry(name.clone()).or_default();
            if !package.errors.is_empty() {
                continue;
            }
            let words = self.stderr[start..].split("\nerror: could not compile").next().unwrap_or_default().trim_end();
            let rendered = if is_out_of_time(words) {
                format!(
                    "{WORKED_FOR} {} seconds and was killed: something loops at compile time, for instance in a \
                     `const`.",
                    launcher::BUILD_SECONDS
                )
            } else {
                words.to_owned()
            };
            package.errors.push(Diagnostic { rendered, location: None });
        }
    }

    /// The errors of all packages.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.packages.values().flat_map(|package| &package.errors)
    }

    /// The program of a package, if it was built.
    pub fn program(&self, package: &str) -> Option<&Path> {
        self.packages.get(package)?.program.as_deref()
    }

    /// Whether a package does not compile.
    pub fn has_errors(&self, package: &str) -> bool {
        self.packages.get(package).is_some_and(|package| !package.errors.is_empty())
    }

    /// Whether a compiler was killed because it had worked too long.
    pub(super) fn ran_out_of_time(&self) -> bool {
        self.stderr.contains("error: could not compile") && is_out_of_time(&self.stderr)
    }

    /// Whether it failed without a message about any line: a compiler or linker gave up, for want of memory perhaps.
    pub fn failed_for_no_line(&self) -> bool {
        self.errors().any(|error| error.location.is_none() && !error.rendered.starts_with(WORKED_FOR))
    }

    /// Whether a compiler or linker got no memory, and had not asked for more than its limit at once.
    fn lacked_memory_below(&self, limit: u64) -> bool {
        let of_linker = self.errors().filter(|error| error.location.is_none());
        let words: Vec<&str> = of_linker
            .map(|error| error.rendered.as_str())
            .chain([self.stderr.as_str()])
            .filter(|words| lacked_memory(words))
            .collect();
        let asked_for = words.iter().filter_map(|words| memory::refused_request(words)).max();
        (self.lacked_memory || !words.is_empty()) && asked_for.is_none_or(|bytes| bytes < limit)
    }

    /// Cargo, the compiler, or the linker that it calls.
    pub(super) fn was_killed(&self) -> bool {
        let of_linker = self.errors().filter(|error| error.location.is_none());
        self.cargo_was_killed
            || self.stderr.contains("(signal: 9")
            || of_linker.into_iter().any(|error| error.rendered.contains("terminated with signal 9"))
    }

    /// Looks only at messages without a location, since a learner's line may contain any text.
    fn hit_a_full_disk(&self) -> bool {
        let without_place = self.errors().filter(|error| error.location.is_none());
        let words = without_place.map(|error| error.rendered.as_str()).chain([self.stderr.as_str()]);
        // The linker writes to mapped memory, and is killed by a signal instead of reporting an error.
        let signs = ["No space left on device", "not enough space on the disk", "ld terminated with signal 7"];
        words.into_iter().any(|words| signs.iter().any(|sign| words.contains(sign)))
    }
}

/// Cargo prints the signal's number on some systems, and its name on others.
fn is_out_of_time(words: &str) -> bool {
    words.contains("(signal: 24") || words.contains("SIGXCPU")
}

/// The beginning of the message about a compiler that worked too long.
const WORKED_FOR: &str = "The compiler worked for";

fn is_kind(target: &Value, kind: TargetKind) -> bool {
    target["kind"][0].as_str().is_some_and(|word| kind.kinds().contains(&word))
}

/// The package that a message of cargo's is about.
pub(super) fn package_of(message: &Value) -> Option<&str> {
    message["manifest_path"].as_str().and_then(|path| Path::new(path).parent()?.file_name()?.to_str())
}

/// The message's primary location.
fn location(message: &Value) -> Option<SourceLocation> {
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    Some(SourceLocation { file: with_slashes(span["file_name"].as_str()?), line: span["line_start"].as_u64()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(package: &str) -> BuildRequest<'static> {
        BuildRequest {
            root: Path::new("course"),
            target: "target".into(),
            packages: vec![package.to_owned()],
            features: Vec::new(),
            libraries: BTreeMap::from([(package.to_owned(), vec!["quest-03-queue".to_owned()])]),
            what: TargetKind::Tests,
            isolation: None,
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

    fn built(messages: &[Value]) -> BuildOutput {
        let mut built = BuildOutput::default();
        for message in messages {
            built.add(message, TargetKind::Tests);
        }
        built
    }

    #[test]
    fn a_compile_error_belongs_to_its_package_and_points_at_its_line() {
        let built = built(&[message("warning", 3), message("error", 7)]);
        let package = &built.packages["quest-03-queue"];
        assert_eq!(package.errors[0].rendered, "error: words\n");
        assert_eq!(
            package.errors[0].location,
            Some(SourceLocation { file: "quest-03-queue/src/learner.rs".into(), line: 7 })
        );
        assert_eq!(package.warnings.len(), 1);
    }

    #[test]
    fn a_build_that_was_cut_short_is_not_the_courses_fault() {
        let mut built = built(&[message("warning", 3)]);
        assert!(built.blame(&request("quest-07-periodic")).is_err());
        built.was_cut = true;
        built.blame(&request("quest-07-periodic")).unwrap();
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
    fn only_cargo_reports_that_a_compiler_was_killed() {
        let rendered = |cause: &str| {
            let stderr = format!("error: could not compile `quest-01-a` (lib)\n\nCaused by:\n  {cause}\n");
            let mut built = BuildOutput { stderr, ..BuildOutput::default() };
            built.blame(&request("quest-01-a")).unwrap();
            built.packages["quest-01-a"].errors[0].rendered.clone()
        };
        assert!(rendered("rustc (signal: 24)").contains("something loops at compile time"));
        assert!(rendered("rustc (signal: 24, SIGXCPU: CPU time limit exceeded)").contains("something loops"));
        assert!(rendered("rustc (signal: 11, SIGSEGV)").contains("SIGSEGV"));
    }

    #[test]
    fn a_full_disk_is_reported_and_text_in_a_learners_line_is_not_taken_for_it() {
        let words = "error: failed to write: No space left on device (os error 28)\n";
        let mut full = BuildOutput { stderr: words.into(), ..BuildOutput::default() };
        let error = full.blame(&request("quest-01-a")).unwrap_err().to_string();
        assert!(error.starts_with("the disk is full"), "{error}");
        let mut mistaken = built(&[message("error", 7)]);
        mistaken.packages.get_mut("quest-03-queue").unwrap().errors[0].rendered = words.into();
        mistaken.blame(&request("quest-03-queue")).unwrap();
    }

    #[test]
    fn a_cargo_that_was_killed_is_the_machines_fault() {
        let mut built = BuildOutput { cargo_was_killed: true, ..built(&[message("warning", 3)]) };
        let error = built.blame(&request("quest-03-queue")).unwrap_err();
        assert!(error.downcast_ref::<CompilerKilled>().is_some(), "{error}");
    }

    #[test]
    fn a_compiler_lacks_memory_unless_it_asks_for_more_than_its_limit_at_once() {
        let lacked = |stderr: &str| {
            let built = BuildOutput { stderr: stderr.into(), ..BuildOutput::default() };
            built.lacked_memory_below(launcher::FOREIGN_BUILD_MEMORY)
        };
        assert!(lacked("memory allocation of 65536 bytes failed\nerror: could not compile `a`\n"));
        assert!(lacked("LLVM ERROR: out of memory\n"));
        assert!(lacked("error: could not exec the linker `cc`: Cannot allocate memory (os error 12)\n"));
        assert!(!lacked("memory allocation of 8589934592 bytes failed\nerror: could not compile `a`\n"));
        assert!(!lacked("error: could not compile `a`\n"));
    }

    #[test]
    fn a_constant_that_got_no_memory_is_known_by_the_compilers_code() {
        let lacked = |code: Value, words: &str| {
            let message = json!({
                "reason": "compiler-message", "manifest_path": "/course/quest-03-queue/Cargo.toml",
                "message": { "level": "error", "rendered": words, "message": words, "code": code, "spans": [] },
            });
            built(&[message]).lacked_memory_below(launcher::FOREIGN_BUILD_MEMORY)
        };
        let words = "tried to allocate more memory than available to compiler";
        assert!(lacked(json!({ "code": "E0080" }), words));
        assert!(!lacked(Value::Null, words), "a submission said so");
        assert!(!lacked(json!({ "code": "E0080" }), &format!("evaluation panicked: {words}")));
    }

    #[test]
    fn a_failure_of_no_package_is_the_courses() {
        let mut built = BuildOutput { stderr: "error: failed to parse lock file\n".into(), ..BuildOutput::default() };
        let error = built.blame(&request("quest-01-a")).unwrap_err().to_string();
        assert!(error.contains("failed to parse lock file"), "{error}");
    }

    #[test]
    fn a_package_that_depends_on_a_broken_one_is_not_to_blame() {
        let mut built = built(&[message("error", 7)]);
        built.stderr = "error: could not compile `quest-03-queue`\n".into();
        built.blame(&request("quest-07-periodic")).unwrap();
        let package = &built.packages["quest-07-periodic"];
        assert!(package.program.is_none() && package.errors.is_empty());
    }
}
