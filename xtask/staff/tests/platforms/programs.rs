//! What learners hand in: the course's stubs and solutions, its wrong programs, and the copy that learners get.

use crate::archives::File;
use staff::catalogue;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xtask::course::{Course, Quest};

pub struct Programs {
    pub course: Course,
    /// The learners' copy of the course.
    handout: Vec<File>,
}

impl Programs {
    pub fn of_the_course() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let course = Course::read(root.to_owned()).unwrap();
        let folder = TempDir::new().unwrap();
        let place = folder.path().join("event-loops");
        let output = crate::running::staff(&course).arg("handout").arg(&place).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut handout = Vec::new();
        read(&place, &place, &mut handout);
        assert!(handout.iter().any(|(name, _)| name == "quest-03-queue/src/learner.rs"));
        Self { course, handout }
    }

    fn quest(&self, number: u32) -> &Quest {
        self.course.quests.iter().find(|quest| quest.number == number).unwrap()
    }

    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.course.quests.iter().map(|quest| quest.number)
    }

    pub fn stub(&self, number: u32) -> Vec<u8> {
        fs::read(self.quest(number).stub()).unwrap()
    }

    pub fn solution(&self, number: u32) -> Vec<u8> {
        fs::read(self.course.solution(self.quest(number))).unwrap()
    }

    /// A wrong program of the catalogue, by its name there.
    pub fn wrong(&self, number: u32, name: &str) -> Vec<u8> {
        let catalogue = catalogue::of(&self.course, self.quest(number)).unwrap();
        let is_it = |file: &str| PathBuf::from(file).file_stem().is_some_and(|stem| stem == name);
        let found = catalogue.programs.into_iter().find(|candidate| is_it(&candidate.file));
        found.unwrap_or_else(|| panic!("quest {number} has no wrong program {name}")).source.into_bytes()
    }

    /// The copy of a learner who has written these quests.
    pub fn copy_with(&self, written: &[(u32, Vec<u8>)]) -> Vec<File> {
        let mut files = self.handout.clone();
        for (number, source) in written {
            let path = format!("{}/src/learner.rs", self.quest(*number).package);
            let file = files.iter_mut().find(|(name, _)| *name == path).unwrap();
            file.1.clone_from(source);
        }
        files
    }

    /// The copy of a learner who has solved everything.
    pub fn solved_copy(&self) -> Vec<File> {
        let written: Vec<(u32, Vec<u8>)> = self.numbers().map(|number| (number, self.solution(number))).collect();
        self.copy_with(&written)
    }
}

fn read(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let names: Vec<&str> = path.strip_prefix(root).unwrap().iter().map(|name| name.to_str().unwrap()).collect();
            files.push((names.join("/"), fs::read(&path).unwrap()));
        }
    }
    files.sort();
}
