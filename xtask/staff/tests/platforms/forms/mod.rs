//! The forms that a submission may have: those that must be graded, and those that nobody can grade. Each is handed in
//! by a participant of Moodle, so that the worksheet shows what became of it.

mod invalid;
mod valid;

use crate::archives::File;
use crate::programs::Programs;
use crate::running::{Graded, cells, grade};
use pretty_assertions::assert_eq;
use staff::model::Intake;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Something in a learner's folder.
enum Entry {
    File(Vec<u8>),
    /// A file of a day in April 2026.
    Dated(Vec<u8>, u64),
    Folder,
    Link(&'static str),
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux makes pipes here"))]
    Pipe,
}

/// A way to hand in.
struct Form {
    /// For messages.
    what: &'static str,
    entries: Vec<(String, Entry)>,
    /// What is said about it: the reason for no score, or a remark.
    words: &'static str,
}

impl Form {
    fn file(name: &'static str, content: impl AsRef<[u8]>, words: &'static str) -> Self {
        let entry = Entry::File(content.as_ref().to_vec());
        Self { what: name, entries: vec![(name.to_owned(), entry)], words }
    }

    fn tree(what: &'static str, files: impl IntoIterator<Item = File>, words: &'static str) -> Self {
        Self { what, entries: files.into_iter().map(|(name, content)| (name, Entry::File(content))).collect(), words }
    }

    fn entries<const N: usize>(what: &'static str, entries: [(&str, Entry); N], words: &'static str) -> Self {
        Self { what, entries: entries.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect(), words }
    }

    /// Its file, if it is one file that any system can hold.
    fn loose(&self) -> Option<(&str, &[u8])> {
        match &self.entries[..] {
            [(name, Entry::File(content))] if !name.contains('/') => Some((name, content)),
            _ => None,
        }
    }
}

fn make(path: &Path, entry: &Entry) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match entry {
        Entry::File(content) => fs::write(path, content).unwrap(),
        Entry::Dated(content, day) => {
            fs::write(path, content).unwrap();
            // 1 April 2026
            let seconds = 1_775_001_600 + (day - 1) * 24 * 60 * 60;
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        }
        Entry::Folder => fs::create_dir_all(path).unwrap(),
        #[cfg(unix)]
        Entry::Link(target) => std::os::unix::fs::symlink(target, path).unwrap(),
        #[cfg(target_os = "linux")]
        Entry::Pipe => {
            use rustix::fs::{CWD, FileType, Mode, mknodat};
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        }
        #[cfg(not(target_os = "linux"))]
        _ => unreachable!("only unix has such files in the tables"),
    }
}

/// The class of those who hand in these forms, by participant. Each form is in a folder; one that is a file is also
/// handed in loose.
struct Class<'a> {
    forms: BTreeMap<usize, &'a Form>,
    folder: TempDir,
}

impl<'a> Class<'a> {
    fn of(forms: &'a [Form]) -> Self {
        let folder = TempDir::new().unwrap();
        let class = folder.path().join("class");
        let mut all = BTreeMap::new();
        for (number, form) in (1000..).zip(forms) {
            let mine = class.join(format!("Form {number}_{number}_assignsubmission_file_"));
            fs::create_dir_all(&mine).unwrap();
            form.entries.iter().for_each(|(name, entry)| make(&mine.join(name), entry));
            all.insert(number, form);
            if let Some((name, content)) = form.loose() {
                let number = number + 1000;
                let name = format!("Form {number}_{number}_assignsubmission_file_{name}");
                fs::write(class.join(name), content).unwrap();
                all.insert(number, form);
            }
        }
        Self { forms: all, folder }
    }

    fn graded(&self, programs: &Programs, options: &[&str]) -> Graded {
        let mut worksheet = "Identifier,\"Full name\",Grade,\"Maximum grade\"\n".to_owned();
        for number in self.forms.keys() {
            writeln!(worksheet, "\"Participant {number}\",\"Form {number}\",,100.00").unwrap();
        }
        fs::write(self.folder.path().join("worksheet.csv"), worksheet).unwrap();
        let arguments = [&["class", "--moodle", "worksheet.csv"], options].concat();
        let graded = grade(&programs.course, self.folder.path(), &arguments);
        assert_eq!(graded.grades.submissions.len(), self.forms.len(), "{}", graded.said);
        graded
    }
}

/// The grades in the worksheet that comes back.
fn written(graded: &Graded) -> Vec<String> {
    cells(&graded.report("moodle.csv"), b',').into_iter().skip(1).map(|row| row[2].clone()).collect()
}

/// Even where the absent get zero points.
pub fn nothing_unknown_is_a_number(programs: &Programs) {
    let forms = invalid::forms(programs);
    assert!(forms.len() >= 100, "{}", forms.len());
    let class = Class::of(&forms);
    let graded = class.graded(programs, &["--missing", "zero"]);
    let mut wrong = Vec::new();
    for (number, form) in &class.forms {
        let found = graded.of("moodle_id", &number.to_string());
        let problem = found.problem.clone().unwrap_or_default();
        let beginning: String = problem.chars().take(60).collect();
        let is_named = found.intake.needs_attention() && problem.contains(form.words);
        let is_told = graded.report_says(&beginning) && graded.said.contains(&format!("{}: {beginning}", found.id));
        if !is_named || !is_told || found.earned().is_some() {
            wrong.push(format!("{number} {}: {:?} {:?} {problem:?}", form.what, found.intake, found.earned()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(written(&graded), vec![""; class.forms.len()]);
    assert_eq!(graded.code, Some(1));
}

pub fn every_way_to_hand_in_is_graded(programs: &Programs) {
    let forms = valid::forms(programs);
    assert!(forms.len() >= 40, "{}", forms.len());
    let class = Class::of(&forms);
    let graded = class.graded(programs, &[]);
    let mut wrong = Vec::new();
    for (number, form) in &class.forms {
        let found = graded.of("moodle_id", &number.to_string());
        let is_said = form.words.is_empty() || found.remarks.iter().any(|remark| remark.contains(form.words));
        if found.intake != Intake::Accepted || found.earned() != Some(10.into()) || !is_said {
            let (intake, earned) = (found.intake, found.earned());
            wrong
                .push(format!("{number} {}: {intake:?} {earned:?} {:?} {:?}", form.what, found.problem, found.remarks));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(written(&graded), vec!["10"; class.forms.len()]);
    assert_eq!(graded.code, Some(0), "{}", graded.said);
}
