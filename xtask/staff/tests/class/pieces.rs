//! What may be handed in for a quest, and its true grade.

use staff::catalogue::{self, Candidate, ProgramKind};
use staff::model::QuestState;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::slice;
use xtask::course::{Course, Quest, SCENARIO};

/// A file whose true grade is known, or no file.
#[derive(Debug, Clone)]
pub struct Piece {
    pub name: String,
    pub file: Option<Vec<u8>>,
    pub truth: Truth,
    pub use_by_others: UseByOthers,
}

/// What the grader must find out about a quest of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    pub state: QuestState,
    /// None if there is no score.
    pub points: Option<u32>,
    /// The tests that do not pass; none where nothing is observed.
    pub red: BTreeSet<String>,
}

/// What becomes of another quest's test that runs on this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseByOthers {
    /// It passes if the other quest's code is right.
    Right,
    /// It fails, since there is no code to run on.
    Lost,
    /// The test of the quest with this number fails, since it does not compile with this code. The others pass as with the
    /// right code.
    LostBy(u32),
    /// Unknown.
    Unknown,
}

/// Everything that is handed in for one quest.
#[derive(Debug)]
pub struct Pieces {
    /// The solution and the alternatives.
    pub sound: Vec<Piece>,
    /// The stub, and no file at all.
    pub idle: Vec<Piece>,
    /// Everything else.
    pub others: Vec<Piece>,
}

impl Truth {
    /// A quest in which nothing is observed.
    fn unobserved(state: QuestState) -> Self {
        Self { state, points: Some(0), red: BTreeSet::new() }
    }

    /// A quest in which just these tests fail, all of them tried by the learner.
    fn observed<'a>(quest: &Quest, red: impl IntoIterator<Item = &'a str>) -> Self {
        let red: BTreeSet<String> = red.into_iter().map(str::to_owned).collect();
        let state = if red.is_empty() { QuestState::Passed } else { QuestState::Red };
        Self { state, points: Some(points(quest, &red)), red }
    }

    /// The same, except for the test that needs code which is not there.
    pub fn without_needed(&self, quest: &Quest) -> Self {
        if !matches!(self.state, QuestState::Passed | QuestState::Red) {
            return self.clone();
        }
        let lost = quest
            .tests()
            .filter(|(_, test)| quest.package_of(test).name != quest.package)
            .map(|(_, test)| test.name.as_str());
        Self::observed(quest, self.red.iter().map(String::as_str).chain(lost))
    }
}

impl Pieces {
    pub fn of(course: &Course, quest: &Quest) -> Self {
        let solution = course.solution(quest);
        let alternatives = rust_files(&course.root.join("solutions/alternatives").join(&quest.package));
        let sound = slice::from_ref(&solution).iter().chain(&alternatives).map(|path| Piece {
            name: named(path),
            file: Some(fs::read(path).unwrap()),
            truth: Truth::observed(quest, []),
            use_by_others: UseByOthers::Right,
        });
        let stub = fs::read_to_string(quest.stub()).unwrap();
        let idle = vec![piece("stub", &stub, not_started(quest), UseByOthers::Unknown), absent()];
        let catalogue = catalogue::of(course, quest).unwrap();
        assert!(catalogue.unusable.is_empty(), "{:?}", catalogue.unusable);
        let mut others: Vec<Piece> = catalogue.programs.iter().filter_map(wrong).collect();
        let solution = fs::read_to_string(&solution).unwrap();
        others.extend(broken(&stub, &solution));
        others.extend(hostile(quest, &stub, &solution));
        others.extend(called_in_vain(quest, &solution));
        Self { sound: sound.collect(), idle, others }
    }

    pub fn all(&self) -> impl Iterator<Item = &Piece> {
        self.sound.iter().chain(&self.idle).chain(&self.others)
    }
}

/// The points of a quest, counted independently of the grader: those of the tests that pass, but at most half of all
/// points if the scenario fails.
fn points(quest: &Quest, red: &BTreeSet<String>) -> u32 {
    let passed = quest.tests().filter(|(_, test)| !red.contains(&test.name));
    let earned: u32 = passed.map(|(_, test)| test.points).sum();
    if red.contains(SCENARIO) { earned.min(quest.meta.points / 2) } else { earned }
}

/// A wrong program; none if chance decides its score.
fn wrong(candidate: &Candidate) -> Option<Piece> {
    let ProgramKind::Wrong { caught_by } = &candidate.kind else { return None };
    if caught_by.contains("some seeds") {
        return None;
    }
    let red = caught_by.iter().map(|name| if name == "seeds" { SCENARIO } else { name });
    let truth = Truth::observed(candidate.quest, red);
    Some(piece(&named(Path::new(&candidate.file)), &candidate.source, truth, UseByOthers::Unknown))
}

/// Files that cannot be built, and files that are rejected.
fn broken(stub: &str, solution: &str) -> Vec<Piece> {
    let piece = |name: &str, file: &str, state| piece(name, file, Truth::unobserved(state), UseByOthers::Lost);
    let no_text = [solution.as_bytes(), &[0xff]].concat();
    let mut all = vec![
        piece("syntax error", &format!("{solution}\nfn broken( {{\n"), QuestState::DoesNotCompile),
        piece("type error", &format!("{solution}\nconst NUMBER: u32 = \"one\";\n"), QuestState::DoesNotCompile),
        piece("unsafe", &format!("{solution}\nfn f() {{ unsafe {{}} }}\n"), QuestState::Rejected),
        piece("include", &format!("{solution}\nconst A: &str = include_str!(\"lib.rs\");\n"), QuestState::Rejected),
        Piece { file: Some(no_text), ..piece("no text", "", QuestState::Rejected) },
    ];
    // What the tests call has another name: the library compiles, and the tests do not.
    let (name, next) = functions(stub).last().expect("every quest has a function to write");
    let renamed = stub.replacen(&format!("fn {name}{next}"), &format!("fn {name}_renamed{next}"), 1);
    all.push(piece(&format!("{name} renamed"), &renamed, QuestState::DoesNotCompile));
    all
}

/// The solution of the quest that others call, with a bound that its own tests and demo meet, and another quest's test
/// does not.
fn called_in_vain(quest: &Quest, solution: &str) -> Option<Piece> {
    let called = "pub async fn custom_event_loop<T: ";
    solution.contains(called).then(|| {
        let file = solution.replace(called, &format!("{called}Default + "));
        piece("calls for more", &file, Truth::observed(quest, []), UseByOthers::LostBy(7))
    })
}

/// Programs that want points without work, or want to stop the grader.
fn hostile(quest: &Quest, stub: &str, solution: &str) -> Vec<Piece> {
    let every_test = || quest.tests().map(|(_, test)| test.name.as_str());
    let ends = with_bodies(stub, "std::process::exit(0)");
    let mut all = vec![piece("exit", &ends, Truth::observed(quest, every_test()), UseByOthers::Unknown)];
    // Only two tests have such a task, so these two cost little time.
    let start = "pub fn delayed_task(delay: Duration, message: &str) -> DelayedTask {";
    if solution.contains(start) {
        for (name, body) in [("endless loop", "loop {}"), ("blocked", "loop { std::thread::park(); }")] {
            let file = solution.replace(start, &format!("{start} if message == \"Task 1 completed\" {{ {body} }}"));
            let truth = Truth::observed(quest, ["event_loop_blocking_takes_the_sum", "the_shorter_delay_runs_first"]);
            all.push(piece(name, &file, truth, UseByOthers::Unknown));
        }
    }
    all
}

fn not_started(quest: &Quest) -> Truth {
    let red = quest.tests().map(|(_, test)| test.name.clone()).collect();
    Truth { state: QuestState::NotStarted, points: Some(0), red }
}

pub fn absent() -> Piece {
    let truth = Truth::unobserved(QuestState::NotHandedIn);
    Piece { name: "absent".to_owned(), file: None, truth, use_by_others: UseByOthers::Lost }
}

/// What is found out about each quest of a submission in which none is recognized.
pub fn unread() -> Truth {
    Truth { state: QuestState::NotRead, points: None, red: BTreeSet::new() }
}

fn piece(name: &str, file: &str, truth: Truth, use_by_others: UseByOthers) -> Piece {
    Piece { name: name.to_owned(), file: Some(file.into()), truth, use_by_others }
}

/// The names of the public functions at the top level, each with the character behind it.
fn functions(stub: &str) -> impl Iterator<Item = (&str, char)> {
    stub.lines().filter_map(|line| {
        let rest = line.strip_prefix("pub ")?;
        let rest = rest.strip_prefix("async ").unwrap_or(rest).strip_prefix("fn ")?;
        let end = rest.find(['(', '<'])?;
        Some((&rest[..end], rest[end..].chars().next()?))
    })
}

/// The stub with another body in place of each `todo!(…)`.
fn with_bodies(stub: &str, body: &str) -> String {
    let line = |line: &str| match (line.find("todo!("), line.rfind(')')) {
        (Some(start), Some(end)) => format!("{}{body}{}\n", &line[..start], &line[end + 1..]),
        _ => format!("{line}\n"),
    };
    stub.lines().map(line).collect()
}

/// `hard-coded.rs`
fn named(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "rs")).collect();
    files.sort();
    files
}
