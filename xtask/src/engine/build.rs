//! Builds the tests of many packages with one cargo, and sorts what cargo says by package.

use super::{cargo, groups, limits};
use anyhow::{Context as _, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

/// What to build.
#[derive(Debug)]
pub struct Request<'a> {
    /// The folder of the workspace.
    pub root: &'a Path,
    pub target: PathBuf,
    /// Names of packages; the folder of each has the same name.
    pub packages: Vec<String>,
    pub features: Vec<String>,
}

/// What came of it, by package.
#[derive(Debug, Default)]
pub struct Built {
    pub packages: BTreeMap<String, Package>,
    /// What cargo wrote for people, without what the compiler said.
    said: String,
}

/// What came of one package.
#[derive(Debug, Default)]
pub struct Package {
    /// The test program, if it could be built.
    pub test: Option<PathBuf>,
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

/// A line in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: u64,
}

/// Builds the test `quest` of every package; a package that does not compile costs no other.
pub fn build(request: &Request) -> anyhow::Result<Built> {
    if request.packages.is_empty() {
        return Ok(Built::default());
    }
    let mut command = limits::command(limits::BUILD, cargo::program(), request.root)?;
    cargo::clean_environment(&mut command);
    command.args(["build", "--test", "quest", "--keep-going", "--message-format=json-diagnostic-rendered-ansi"]);
    command.arg("--target-dir").arg(&request.target);
    for package in &request.packages {
        command.args(["--package", package]);
    }
    if !request.features.is_empty() {
        command.args(["--features", &request.features.join(",")]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = groups::spawn(&mut command).context("could not start cargo")?;
    let stdout = group.child.stdout.take().expect("the stream was piped");
    let stderr = group.child.stderr.take().expect("the stream was piped");
    let target = request.target.clone();
    let listener = thread::spawn(move || listen(stderr, &target));

    let mut built = Built::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("cargo's messages broke off")?;
        // Whatever is no message is something a build script printed.
        if let Ok(message) = serde_json::from_slice(&line) {
            built.add(&message);
        }
    }
    built.said = listener.join().expect("the listener only reads and prints");
    let status = group.child.wait().context("could not wait for cargo")?;
    if !status.success() {
        built.blame(&request.packages)?;
    }
    Ok(built)
}

impl Built {
    /// Adds one of cargo's JSON messages.
    fn add(&mut self, message: &Value) {
        let Some(package) =
            message["manifest_path"].as_str().and_then(|path| Path::new(path).parent()?.file_name()?.to_str())
        else {
            return;
        };
        let package = self.packages.entry(package.to_owned()).or_default();
        match message["reason"].as_str() {
            Some("compiler-artifact") if message["target"]["name"] == "quest" => {
                if let Some(executable) = message["executable"].as_str() {
                    package.test = Some(executable.into());
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

    /// After a failed build: each package has its program or an error, or else it was not the packages that failed.
    fn blame(&mut self, packages: &[String]) -> anyhow::Result<()> {
        for name in packages {
            let package = self.packages.entry(name.clone()).or_default();
            if package.test.is_some() || !package.errors.is_empty() {
                continue;
            }
            // The compiler itself was ended, or crashed: only cargo has words for it.
            let Some(start) = self.said.find(&format!("error: could not compile `{name}`")) else {
                let others: String = self
                    .packages
                    .values()
                    .flat_map(|package| &package.errors)
                    .map(|error| error.rendered.as_str())
                    .collect();
                bail!("cargo could not build the course\n{others}{}", self.said.trim_end());
            };
            let mut rendered = self.said[start..].trim_end().to_owned();
            if rendered.contains("SIGXCPU") || rendered.contains("SIGKILL") {
                let _ = write!(
                    rendered,
                    "\nThe compiler used more than {} seconds and was ended: does something loop while it is compiled, \
                     in a `const` for instance?",
                    limits::BUILD_SECONDS
                );
            }
            package.errors.push(Diagnostic { rendered, place: None });
        }
        Ok(())
    }
}

/// Where the compiler points first.
fn place(message: &Value) -> Option<Place> {
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    Some(Place { file: span["file_name"].as_str()?.into(), line: span["line_start"].as_u64()? })
}

/// Reads what cargo says for people, and passes on at once what explains a wait.
fn listen(stderr: impl Read, target: &Path) -> String {
    let mut said = String::new();
    let mut announced = false;
    for line in BufReader::new(stderr).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Blocking", ..] => anstream::eprintln!(
                "Waiting: another cargo is building in {} and holds its lock ({}). This goes on as soon as that one ends.",
                target.display(),
                line.trim()
            ),
            // Crates of this workspace are named with their path, and are built in no time.
            ["Compiling", _, _version] if !announced => {
                announced = true;
                anstream::eprintln!("Building the course's libraries. This happens once and takes a moment.");
            }
            ["Downloading", ..] => {
                anstream::eprintln!("Downloading the libraries the course needs. This happens once.");
            }
            _ => {}
        }
        said.push_str(line.trim_end());
        said.push('\n');
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
            built.add(message);
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
    fn the_test_program_is_the_one_of_the_target_quest() {
        let artifact = |name: &str, executable: Value| {
            json!({ "reason": "compiler-artifact", "manifest_path": "/course/quest-03-queue/Cargo.toml",
                    "target": { "name": name }, "executable": executable })
        };
        let built = built(&[artifact("quest_03_queue", Value::Null), artifact("quest", json!("/target/quest-1"))]);
        assert_eq!(built.packages["quest-03-queue"].test.as_deref(), Some(Path::new("/target/quest-1")));
    }

    #[test]
    fn a_compiler_that_was_ended_is_told_in_cargos_words() {
        let mut built = Built {
            said: "error: could not compile `quest-01-a` (lib)\n\nCaused by:\n  (signal: 24, SIGXCPU)\n".into(),
            ..Built::default()
        };
        built.blame(&["quest-01-a".into()]).unwrap();
        let words = &built.packages["quest-01-a"].errors[0].rendered;
        assert!(words.contains("SIGXCPU") && words.contains("loop while it is compiled"), "{words}");
    }

    #[test]
    fn a_failure_of_no_package_is_the_courses() {
        let mut built = Built { said: "error: failed to parse lock file\n".into(), ..Built::default() };
        let error = built.blame(&["quest-01-a".into()]).unwrap_err().to_string();
        assert!(error.contains("failed to parse lock file"), "{error}");
    }
}
