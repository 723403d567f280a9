//! Forty people, what each of them hands in, and what they must get for it.

use crate::archives::{self, File, files, zip, zip_of_day};
use crate::programs::Programs;

pub struct Person {
    pub number: usize,
    pub first: &'static str,
    pub last: &'static str,
    pub work: Work,
}

/// What somebody hands in.
#[derive(Clone)]
pub struct Work {
    /// For messages.
    pub what: &'static str,
    /// In the order in which they were uploaded. A file of the same name as an earlier one is a second attempt.
    pub uploads: Vec<Upload>,
    /// Whether a text was typed into the platform, where it has a field for that.
    pub is_typed: bool,
    pub is_late: bool,
    /// Whether it is the work of the two people of the team.
    pub is_teams: bool,
    pub truth: Truth,
    /// What is said about it on every platform.
    pub remark: Option<&'static str>,
}

#[derive(Clone)]
pub enum Upload {
    Loose(File),
    Zip(String, Vec<File>),
}

/// What the grader must find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    Points(u32),
    /// No score, for a reason that contains these words.
    NoScore(&'static str),
    /// Nothing was handed in.
    Nothing,
}

impl Person {
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub fn email(&self) -> String {
        format!("e{}@example.org", self.number)
    }
}

impl Upload {
    pub fn name(&self) -> &str {
        match self {
            Self::Loose((name, _)) | Self::Zip(name, _) => name,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Loose((_, content)) => content.clone(),
            Self::Zip(_, files) => zip(files),
        }
    }
}

impl Work {
    fn of(what: &'static str, uploads: Vec<Upload>, truth: Truth) -> Self {
        Self { what, uploads, is_typed: false, is_late: false, is_teams: false, truth, remark: None }
    }

    fn nothing() -> Self {
        Self::of("nothing", Vec::new(), Truth::Nothing)
    }

    /// Whether the last upload is a second attempt.
    pub fn has_two_attempts(&self) -> bool {
        let names: Vec<&str> = self.uploads.iter().map(Upload::name).collect();
        names.len() == 2 && names[0] == names[1]
    }

    /// The uploads, with another name for a second attempt.
    pub fn numbered(&self, second: &str) -> Vec<File> {
        let mut files: Vec<File> =
            self.uploads.iter().map(|upload| (upload.name().to_owned(), upload.bytes())).collect();
        if self.has_two_attempts() {
            second.clone_into(&mut files[1].0);
        }
        files
    }
}

/// The class. Names are awkward, and two people have the same one.
pub fn class(programs: &Programs) -> Vec<Person> {
    const FIRST: [&str; 8] = ["Anna", "Søren", "雷", "Eva-Maria", "José", "Zoë", "Ngọc", "X"];
    const LAST: [&str; 5] = ["Weiß", "O'Neil", "von der Au", "Núñez", "Cruz"];
    let works = [right(programs), wrong(programs), ways(programs), unknown(programs)].concat();
    assert_eq!(works.len(), 40);
    let mut people: Vec<Person> = (1000..)
        .zip(works)
        .map(|(number, work)| Person { number, first: FIRST[number % 8], last: LAST[number % 5], work })
        .collect();
    (people[1].first, people[1].last) = (people[0].first, people[0].last);
    people
}

fn loose(name: &str, content: Vec<u8>) -> Upload {
    Upload::Loose((name.to_owned(), content))
}

/// Honest work: whole courses and single quests.
fn right(programs: &Programs) -> Vec<Work> {
    let solved: Vec<File> = wrapped("event-loops", programs.solved_copy());
    let mut with_builds = solved.clone();
    with_builds.extend(files([
        ("event-loops/target/debug/quest-03-queue/src/learner.rs", b"// a build's"),
        ("event-loops/.git/HEAD", b"ref: refs/heads/main"),
        ("__MACOSX/event-loops/quest-03-queue/src/._learner.rs", b"the Finder's"),
    ]));
    let all_loose =
        programs.numbers().map(|number| loose(&format!("learner ({number}).rs"), programs.solution(number)));
    let queue = || programs.solution(3);
    let whole = Truth::Points(100);
    let one = Truth::Points(10);
    vec![
        Work::of("the whole course", vec![Upload::Zip("event-loops.zip".into(), solved.clone())], whole),
        Work::of("a namesake's whole course", vec![Upload::Zip("event-loops.zip".into(), solved.clone())], whole),
        Work::of("the course with builds", vec![Upload::Zip("Archiv.zip".into(), with_builds)], whole),
        Work::of("the course as tar.gz", vec![loose("event-loops.tar.gz", archives::tar_gz(&solved))], whole),
        Work::of("ten loose files", all_loose.collect(), whole),
        Work {
            is_late: true,
            ..Work::of("a late course", vec![Upload::Zip("late.zip".into(), solved)], Truth::Points(100))
        },
        Work::of("the queue by its name", vec![loose("quest_03_queue.rs", queue())], one),
        Work::of("a loose learner.rs", vec![loose("learner.rs", queue())], one),
        Work::of("learner (1).rs", vec![loose("learner (1).rs", queue())], one),
        Work::of("learner (2).rs of quest 4", vec![loose("learner (2).rs", programs.solution(4))], one),
        Work { is_teams: true, ..Work::of("the team's", vec![loose("team.rs", queue())], one) },
        Work { is_teams: true, ..Work::of("the team's", vec![loose("team.rs", queue())], one) },
    ]
}

/// Wrong programs whose points are counted by hand from the tests that catch them, and work that earns nothing.
fn wrong(programs: &Programs) -> Vec<Work> {
    let queue = |name: &str| vec![loose("learner.rs", programs.wrong(3, name))];
    let mut swapped: Vec<(u32, Vec<u8>)> =
        programs.numbers().map(|number| (number, programs.solution(number))).collect();
    swapped[2].1 = programs.wrong(3, "last-in-first-out");
    let swapped = wrapped("event-loops-main", programs.copy_with(&swapped));
    let untouched = Upload::Zip("event-loops.zip".into(), wrapped("event-loops", programs.copy_with(&[])));
    let syntax = [&programs.solution(3)[..], b"\nfn broken( {\n"].concat();
    let forbidden = [&programs.solution(3)[..], b"\nfn own() { unsafe {} }\n"].concat();
    vec![
        Work::of("last in, first out", queue("last-in-first-out"), Truth::Points(3)),
        Work::of("the same in a whole course", vec![Upload::Zip("main.zip".into(), swapped)], Truth::Points(93)),
        Work::of("a loop that calls itself", queue("loop-calls-itself"), Truth::Points(9)),
        Work::of("panics swallowed", queue("panic-swallowed"), Truth::Points(5)),
        Work::of("the visible answers", queue("hard-coded"), Truth::Points(5)),
        Work::of("whole seconds", vec![loose("sleep.rs", programs.wrong(4, "whole-seconds"))], Truth::Points(4)),
        Work::of("nothing but stubs", vec![untouched], Truth::Points(0)),
        Work::of("one stub", vec![loose("learner.rs", programs.stub(3))], Truth::Points(0)),
        Work::of("a syntax error", vec![loose("learner.rs", syntax)], Truth::Points(0)),
        Work::of("unsafe code", vec![loose("learner.rs", forbidden)], Truth::Points(0)),
    ]
}

/// Ways to hand in.
fn ways(programs: &Programs) -> Vec<Work> {
    let (old, new) = (programs.wrong(3, "last-in-first-out"), programs.solution(3));
    let attempts = vec![loose("learner.rs", old.clone()), loose("learner.rs", new.clone())];
    let archives = vec![
        loose("final.zip", zip_of_day(&files([("learner.rs", &new)]), 20)),
        loose("first.zip", zip_of_day(&files([("learner.rs", &old)]), 1)),
    ];
    let inner = Upload::Zip("download.zip".into(), vec![("Homework/hw.zip".into(), zip(&files([("a.rs", &new)])))]);
    let windows = String::from_utf8(new.clone()).unwrap().replace('\n', "\r\n");
    let with_document = vec![loose("learner.rs", new.clone()), loose("report.docx", b"PK\x03\x04".to_vec())];
    let one = Truth::Points(10);
    vec![
        Work::of("two attempts", attempts, one),
        Work {
            remark: Some("Of several files for quest 3, `final.zip/learner.rs` counts"),
            ..Work::of("two archives", archives, one)
        },
        Work { is_typed: true, ..Work::of("a text beside a file", vec![loose("learner.rs", new)], one) },
        Work::of("a zip in a zip", vec![inner], one),
        Work::of("from Windows", vec![loose("learner.rs", format!("\u{feff}{windows}").into_bytes())], one),
        Work::of("a document beside a file", with_document, one),
    ]
}

/// What nobody can grade, and nothing.
fn unknown(programs: &Programs) -> Vec<Work> {
    let queue = programs.solution(3);
    let cut = zip(&files([("learner.rs", &queue)]));
    let utf_16: Vec<u8> = std::iter::once(0xfeff)
        .chain(String::from_utf8(queue.clone()).unwrap().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let other = [&queue[..], b"// Another one.\n"].concat();
    let one = |what, name: &str, content: &[u8], words| {
        Work::of(what, vec![loose(name, content.to_vec())], Truth::NoScore(words))
    };
    let two = vec![loose("a.rs", queue.clone()), loose("b.rs", other)];
    vec![
        one("a rar", "hw.rar", b"Rar!\x1a\x07\x01\0", "RAR cannot be read here"),
        one("a docx", "homework.docx", b"PK\x03\x04", "homework.docx"),
        one("code in a document", "learner.rs.docx", b"PK\x03\x04", "does not end in `.rs`"),
        one("an empty file", "hw.zip", b"", "corrupt"),
        one("half of an archive", "hw.zip", &cut[..cut.len() / 2], "corrupt"),
        one("a screenshot", "Bildschirmfoto.png", b"\x89PNG", "Bildschirmfoto.png"),
        one("UTF-16", "learner.rs", &utf_16, "is UTF-16"),
        one("another exercise", "main.rs", b"fn main() {}", "No quest was recognized in: main.rs"),
        Work::of("two files and no order", two, Truth::NoScore("are both for quest 3")),
        Work { is_typed: true, ..Work::of("a text", Vec::new(), Truth::NoScore(".html")) },
        Work::nothing(),
        Work::nothing(),
    ]
}

pub fn wrapped(folder: &str, files: Vec<File>) -> Vec<File> {
    files.into_iter().map(|(name, content)| (format!("{folder}/{name}"), content)).collect()
}
