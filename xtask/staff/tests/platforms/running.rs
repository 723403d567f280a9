//! Runs the grader as a teacher does, and reads what it says and writes.

use pretty_assertions::assert_eq;
use staff::model::{GradedSubmission, Grades};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use xtask::course::Course;
use xtask::engine::cargo;

/// One grader at a time works in a copy of the course. All of them share their results, and none from an earlier run.
static STORE: LazyLock<Mutex<PathBuf>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("platforms-store");
    let _ = fs::remove_dir_all(&folder);
    Mutex::new(folder)
});

/// The program that is tested, for this course.
pub fn staff(course: &Course) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_staff"));
    cargo::clean_environment(&mut command);
    command.env("CARGO_MANIFEST_DIR", course.root.join("xtask")).env("GRADE_SEED", "a class of forty");
    command
}

/// What became of a class.
pub struct Graded {
    pub grades: Grades,
    /// Where the reports are.
    pub out: PathBuf,
    pub code: Option<i32>,
    /// What the grader told the teacher.
    pub said: String,
}

/// Types `cargo xtask grade …` in this folder.
pub fn grade(course: &Course, folder: &Path, arguments: &[&str]) -> Graded {
    let store = STORE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = staff(course);
    command.current_dir(folder).arg("grade").args(arguments).arg("--store").arg(&*store);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let out = folder.join("grades");
    let grades = fs::read(out.join("grades.json")).unwrap_or_else(|error| panic!("{error}: {said}"));
    Graded { grades: serde_json::from_slice(&grades).unwrap(), out, code: output.status.code(), said }
}

impl Graded {
    pub fn report(&self, name: &str) -> String {
        fs::read_to_string(self.out.join(name)).unwrap_or_else(|error| panic!("{name}: {error}\n{}", self.said))
    }

    /// The one submission whose learner has this cell.
    pub fn of(&self, column: &str, cell: &str) -> &GradedSubmission {
        let is_it = |graded: &&GradedSubmission| graded.learner.get(column).is_some_and(|other| other == cell);
        let found: Vec<&GradedSubmission> = self.grades.submissions.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "submissions of {column} {cell}: {}", self.said);
        found[0]
    }

    /// Whether the report for the teacher holds this text.
    pub fn report_says(&self, text: &str) -> bool {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        self.report("report.html").contains(&escaped)
    }
}

/// The cells of each row, whatever the file's separator and its line ends are.
pub fn cells(text: &str, separator: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Writes files into a folder.
pub fn write(folder: &Path, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
