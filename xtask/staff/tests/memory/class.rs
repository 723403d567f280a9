//! A class of bombs with honest submissions among them, and what the grader makes of it.

use crate::bomb::Bomb;
use crate::container::Container;
use staff::model::{GradedSubmission, Grades, QuestGrade, QuestState};
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use xtask::course::Course;

/// The submissions, written to disk.
pub struct MemoryClass {
    folder: TempDir,
    course: Course,
}

/// The honest submissions, and the quests that each hands in. In the order of names, in which they are graded, bombs are between
/// them.
const HONEST: [(&str, &[u32]); 6] = [
    ("a-honest", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("h-honest", &[1, 3]),
    ("m-honest", &[6, 7, 8]),
    ("p-honest", &[2, 4, 10]),
    ("t-honest", &[5, 9]),
    ("z-honest", &[3]),
];

/// An honest quest that each bomb hands in, too.
const BESIDE: u32 = 1;

impl MemoryClass {
    pub fn write(bombs: &[Bomb]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned();
        let class = Self { folder: TempDir::new().unwrap(), course: Course::read(root).unwrap() };
        let run = format!("memory {:016x}", RandomState::new().build_hasher().finish());
        for (name, quests) in HONEST {
            for quest in quests {
                class.hand_in(name, *quest, &class.solution(*quest, &format!("{run} {name}")));
            }
        }
        for bomb in bombs {
            class.hand_in(&bomb.name, bomb.quest, &bomb.filled(&run));
            class.hand_in(&bomb.name, BESIDE, &class.solution(BESIDE, &format!("{run} {}", bomb.name)));
        }
        class
    }

    /// Runs the real program on it, and reads what it wrote.
    pub fn grade(&self, container: &Container, arguments: &[&str]) -> GradedClass {
        let output = self.run_grader(container, arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        let grades = fs::read(self.reports().join("grades.json"))
            .unwrap_or_else(|error| panic!("no grades.json: {error}; the grader ended with {}\n{said}", output.status));
        GradedClass { grades: serde_json::from_slice(&grades).unwrap(), said, code }
    }

    pub fn run_grader(&self, container: &Container, arguments: &[&str]) -> Output {
        let _ = fs::remove_dir_all(self.reports());
        let mut grader = Command::new(env!("CARGO_BIN_EXE_staff"));
        grader.arg("grade").arg(self.folder.path().join("class")).args(["--seed", "7", "--out"]).arg(self.reports());
        grader.args(arguments).current_dir(&self.course.root);
        container.run(&grader)
    }

    fn reports(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    fn hand_in(&self, name: &str, quest: u32, source: &str) {
        let folder = self.folder.path().join("class").join(name).join(self.package(quest)).join("src");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("learner.rs"), source).unwrap();
    }

    fn package(&self, number: u32) -> &str {
        &self.course.quests.iter().find(|quest| quest.number == number).unwrap().package
    }

    fn solution(&self, quest: u32, run: &str) -> String {
        let name = self.package(quest).replace('-', "_") + ".rs";
        fs::read_to_string(self.course.root.join("solutions").join("src").join(name)).unwrap() + "\n// " + run + "\n"
    }
}

/// What the grader made of a class.
pub struct GradedClass {
    pub grades: Grades,
    pub said: String,
    code: Option<i32>,
}

impl GradedClass {
    pub fn quest(&self, name: &str, quest: u32) -> Option<&QuestGrade> {
        self.submission(name)?.quests.iter().find(|graded| graded.number == quest)
    }

    /// Every honest quest that has not earned all its points, and an exit code that says something else than the grades.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let bombs = self.grades.submissions.iter().filter(|graded| HONEST.iter().all(|(name, _)| graded.id != *name));
        let beside = bombs.map(|graded| (graded.id.as_str(), BESIDE));
        let honest = HONEST.iter().flat_map(|(name, quests)| quests.iter().map(|quest| (*name, *quest)));
        for (name, quest) in honest.chain(beside) {
            let graded = self.quest(name, quest);
            if graded.is_none_or(|graded| graded.state != QuestState::Passed) {
                complaints.push(format!("quest {quest} of {name} was hurt: {graded:#?}"));
            }
        }
        let is_unknown = |graded: &GradedSubmission| graded.earned().is_none();
        let expected = if self.grades.submissions.iter().any(is_unknown) { 3 } else { 0 };
        if self.code != Some(expected) {
            complaints.push(format!("the grader ended with {:?}, not {expected}", self.code));
        }
        complaints
    }

    fn submission(&self, name: &str) -> Option<&GradedSubmission> {
        self.grades.submissions.iter().find(|graded| graded.id == name)
    }
}
