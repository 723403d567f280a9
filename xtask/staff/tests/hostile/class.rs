//! A class of hostile submissions with honest ones among them, and what the grader makes of it.

use crate::attack::Attack;
use crate::traps::{SECRET_NAME, Traps, course_root};
use flate2::Compression;
use flate2::write::GzEncoder;
use staff::model::{GradedSubmission, Grades, QuestState};
use staff::points::Points;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use xtask::course::Course;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The submissions, written to disk.
pub struct HostileClass {
    folder: TempDir,
    course: Course,
}

/// The honest submissions. In the order of names, some come before the others, some between them, some after them.
const BYSTANDERS: [&str; 3] = ["0-bystander", "m-bystander", "zz-bystander"];

/// The submission that brings more than its one file.
const WITH_FILES_AROUND: &str = "brings-its-own-build";

impl HostileClass {
    /// In the order of names, in which they are graded, each hostile submission is between two honest ones: the neighbour of the
    /// one before it, and its own.
    pub fn write(submissions: &[&Attack], traps: &Traps) -> Self {
        let class = Self { folder: TempDir::new().unwrap(), course: Course::read(course_root()).unwrap() };
        let root = class.folder.path().join("class");
        for submission in submissions {
            let package = class.package(submission.quest);
            let files = [(format!("{package}/src/learner.rs"), submission.filled(&traps.placeholders(), &traps.mark))];
            write_folder(&root.join(&submission.name), &files);
            let beside = class.beside(submission, &traps.mark);
            write_folder(&root.join(&submission.name), &beside);
            write_folder(&root.join(neighbour(&submission.name)), &class.of_neighbour(submission, beside, &traps.mark));
            if submission.name == WITH_FILES_AROUND {
                write_folder(&root.join(&submission.name), &files_around(package, traps));
            }
        }
        let honest = class.solutions(&traps.mark);
        write_folder(&root.join(BYSTANDERS[0]), &honest);
        write_zip(&root.join(BYSTANDERS[1]).with_extension("zip"), &honest);
        write_tar_gz(&root.join(BYSTANDERS[2]).with_extension("tar.gz"), &honest);
        class
    }

    /// Runs the real program on it.
    pub fn grade(&self, traps: &Traps, arguments: &[&str]) -> GradedClass {
        let out = self.folder.path().join("reports");
        let output = Command::new(env!("CARGO_BIN_EXE_staff"))
            .arg("grade")
            .arg(self.folder.path().join("class"))
            .args(["--seed", "7", "--out"])
            .arg(&out)
            .args(arguments)
            .env(SECRET_NAME, &traps.secret)
            .current_dir(&self.course.root)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let grades =
            fs::read(out.join("grades.json")).unwrap_or_else(|error| panic!("no grades.json: {error}\n{said}"));
        let mut complaints = Vec::new();
        if output.status.code() != Some(0) {
            complaints.push(format!("the grader ended with {}", output.status));
        }
        inspect(&out, traps, &mut complaints);
        GradedClass { grades: serde_json::from_slice(&grades).unwrap(), said, complaints }
    }

    fn package(&self, number: u32) -> &str {
        &self.course.quests.iter().find(|quest| quest.number == number).unwrap().package
    }

    /// What a submission hands in besides the attack: honest, and the same only in its neighbour's submission.
    fn beside(&self, submission: &Attack, run: &str) -> Vec<(String, String)> {
        let solutions = self.solutions(&format!("{run} with {}", submission.name));
        let with_path = |number: u32| format!("{}/src/learner.rs", self.package(number));
        match submission.statics {
            None => solutions.into_iter().filter(|(path, _)| *path == with_path(submission.companion())).collect(),
            Some(size) => {
                let others = solutions.into_iter().filter(|(path, _)| *path != with_path(submission.quest));
                others.map(|(path, solution)| (path, with_statics(&solution, size))).collect()
            }
        }
    }

    /// What the neighbour of a submission hands in: the companion, byte for byte the same, and an honest quest of the attacked
    /// number, which is different in every submission. So it is built and run right after the attack, or in parallel with
    /// it.
    fn of_neighbour(&self, submission: &Attack, beside: Vec<(String, String)>, run: &str) -> Vec<(String, String)> {
        let companion = self.package(submission.companion());
        let same = beside.into_iter().filter(|(path, _)| path.starts_with(companion));
        let attacked = self.package(submission.quest);
        let own = self.solutions(&format!("{run} after {}", submission.name));
        same.chain(own.into_iter().filter(|(path, _)| path.starts_with(attacked))).collect()
    }

    fn solutions(&self, run: &str) -> Vec<(String, String)> {
        let solution = |package: &str| {
            let path = self.course.root.join("solutions").join("src").join(package.replace('-', "_") + ".rs");
            fs::read_to_string(path).unwrap() + "\n// " + run + "\n"
        };
        let quests = self.course.quests.iter();
        quests.map(|quest| (format!("{}/src/learner.rs", quest.package), solution(&quest.package))).collect()
    }
}

/// The submission with honest quests only that is graded right after a hostile one, or in parallel with it.
fn neighbour(name: &str) -> String {
    format!("{name}-neighbour")
}

/// A solution whose first public function looks at a large static.
fn with_statics(solution: &str, size: u32) -> String {
    let function = ["pub fn ", "pub async fn "].iter().filter_map(|words| solution.find(words)).min();
    let function = function.expect("a solution has a public function");
    let body = function + solution[function..].find("{\n").expect("a function has a body") + 1;
    let (before, after) = solution.split_at(body);
    let all = format!("{before}\n    assert_eq!(LARGE.lock().unwrap()[::std::hint::black_box(7)], 0);{after}");
    // A mutable static takes memory once the program is started, but no room in its file.
    format!(
        "{all}\nstatic LARGE: ::std::sync::Mutex<[u8; {size} << 20]> = ::std::sync::Mutex::new([0; {size} << 20]);\n"
    )
}

/// What the grader made of a class.
pub struct GradedClass {
    grades: Grades,
    pub said: String,
    complaints: Vec<String>,
}

impl GradedClass {
    pub fn graded(&self, name: &str) -> Option<&GradedSubmission> {
        self.grades.submissions.iter().find(|graded| graded.id == name)
    }

    /// What a submission has earned in a quest.
    pub fn earned(&self, name: &str, quest: u32) -> Option<u32> {
        self.graded(name)?.quests.iter().find(|graded| graded.number == quest)?.earned.map(Points::floor)
    }

    /// Who has lost points for an honest quest: this submission, in a quest other than the attacked one, or its
    /// neighbour.
    pub fn hurt_by(&self, submission: &Attack) -> Vec<String> {
        let Attack { name, quest, statics, .. } = submission;
        let beside = |number: &u32| match statics {
            None => *number == submission.companion(),
            Some(_) => number != quest,
        };
        let own = self.grades.quests.iter().filter(|meta| beside(&meta.number)).map(|meta| (name.clone(), meta));
        let of_neighbour = [submission.companion(), submission.quest];
        let meta = self.grades.quests.iter().filter(|meta| of_neighbour.contains(&meta.number));
        own.chain(meta.map(|meta| (neighbour(name), meta)))
            .filter(|(name, meta)| self.earned(name, meta.number) != Some(meta.points.floor()))
            .map(|(name, meta)| {
                format!("quest {} of {name} has {:?} points: it was hurt", meta.number, self.earned(&name, meta.number))
            })
            .collect()
    }

    /// What is wrong apart from the grades of the hostile submissions.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = self.complaints.clone();
        for name in BYSTANDERS {
            let earned = self.graded(name).and_then(GradedSubmission::earned);
            if earned != Some(self.grades.points()) {
                complaints.push(format!("{name} has {earned:?} points: it was hurt"));
            }
        }
        for graded in &self.grades.submissions {
            for quest in graded.quests.iter().filter(|quest| quest.state == QuestState::InfraError) {
                complaints.push(format!("quest {} of {} was not graded: {}", quest.number, graded.id, quest.detail));
            }
        }
        complaints
    }
}

/// Reports on a few dozen submissions are small, reveal no secret and contain nothing active.
fn inspect(folder: &Path, traps: &Traps, complaints: &mut Vec<String>) {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            inspect(&path, traps, complaints);
            continue;
        }
        let content = fs::read(&path).unwrap();
        bytes += content.len();
        let text = String::from_utf8_lossy(&content);
        for (what, found) in [
            ("the secret", text.contains(&traps.secret)),
            (
                "a script",
                text.contains("<script>hostile") && path.extension().is_some_and(|extension| extension == "html"),
            ),
            ("a terminal's escape", text.contains('\u{1b}')),
        ] {
            if found {
                complaints.push(format!("{} holds {what}", path.display()));
            }
        }
    }
    if bytes > LARGEST_REPORTS {
        complaints.push(format!("the reports in {} take {bytes} bytes", folder.display()));
    }
}

const LARGEST_REPORTS: usize = 16 << 20;

/// Whatever could take part in a build or a test, if the grader took more of a submission than its learners' files. Each
/// leaves a mark in the canary's folder when it is used.
fn files_around(package: &str, traps: &Traps) -> Vec<(String, String)> {
    let mark = |name: &str| traps.canary().join(name).display().to_string();
    let script = |name: &str| format!("#!/bin/sh\necho used > '{}'\n", mark(name));
    let build = format!("fn main() {{ std::fs::write(r\"{}\", \"used\").unwrap(); }}\n", mark("build"));
    let cargo = "[target.'cfg(all())']\nrunner = \"./runner.sh\"\n[build]\nrustc-wrapper = \"./wrapper.sh\"\n";
    let manifest = format!("[package]\nname = \"{package}\"\nbuild = \"build.rs\"\nedition = \"2024\"\n");
    let learner = "pub fn event_loop(_: &()) {}\n";
    [
        ("Cargo.toml", "[workspace]\nmembers = [\"quest-*\"]\n".to_owned()),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"nowhere\"\n".to_owned()),
        (".cargo/config.toml", cargo.to_owned()),
        ("runner.sh", script("runner")),
        ("wrapper.sh", script("wrapper")),
        (".git/hooks/post-checkout", script("hook")),
        (".git/config", format!("[core]\nfsmonitor = \"echo used > '{}'\"\n", mark("git"))),
        ("xtask/src/main.rs", build.clone()),
        (&format!("{package}/Cargo.toml"), manifest),
        (&format!("{package}/build.rs"), build),
        (&format!("{package}/.cargo/config.toml"), cargo.to_owned()),
        (&format!("{package}/src/lib.rs"), learner.to_owned()),
        (&format!("{package}/tests/quest.rs"), "#[test]\nfn scenario() {}\n".to_owned()),
        (&format!("{package}/tests/snapshots/scenario.snap"), "---\nsource: x\n---\n".to_owned()),
        ("target/grade/store/anything.json", "{}".to_owned()),
    ]
    .map(|(path, content)| (path.to_owned(), content))
    .into()
}

fn write_folder(folder: &Path, files: &[(String, String)]) {
    for (path, content) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn write_zip(path: &Path, files: &[(String, String)]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (path, content) in files {
        archive.start_file(path.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
}

fn write_tar_gz(path: &Path, files: &[(String, String)]) {
    let mut archive = tar::Builder::new(GzEncoder::new(File::create(path).unwrap(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}
