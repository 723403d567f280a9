use super::source::shielded;
use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::course::Course;

/// A folder for one test, removed afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("grade-submissions-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> PathBuf {
        self.0.clone()
    }

    pub fn folder(&self, path: &str) {
        fs::create_dir_all(self.0.join(path)).unwrap();
    }

    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// This course.
pub fn course() -> Course {
    Course::find().unwrap()
}

/// The quests of a course.
pub fn packages() -> Vec<KnownQuest> {
    known::known_quests(&course()).unwrap()
}

/// The files that count, or why none does.
pub fn files_of(contents: Result<contents::Contents, String>) -> Result<Files, String> {
    let hand_in = choice::choose(&contents?, &packages());
    hand_in.problem.map_or(Ok(hand_in.files), Err)
}

#[test]
fn what_the_source_says_about_the_learner_is_the_submissions() {
    let learner = BTreeMap::from([("name".to_owned(), "Anna".to_owned())]);
    let source = FoundSubmission {
        id: "anna".to_owned(),
        learner: learner.clone(),
        ..FoundSubmission::new(SubmissionPath::Missing)
    };
    let submission = Submission { id: "anna".to_owned(), learner, submitted: None, hand_in: HandIn::of(Files::new()) };
    assert_eq!(source.read(&packages()), submission);
}

#[test]
fn a_panic_at_one_archive_is_that_submissions_problem() {
    let problem = shielded::<()>("it is corrupt", || panic!("a library's mistake")).unwrap_err();
    assert_eq!(problem, "it is corrupt");
}
