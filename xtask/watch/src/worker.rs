//! Does what takes long, one job after the other, in a thread of its own.

use anyhow::Context as _;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use xtask::course::Course;
use xtask::engine::build::What;
use xtask::engine::verdict::Judgement;
use xtask::engine::{self, cargo, groups};
use xtask::state::{Mode, State};

/// A job, by the numbers of its quests.
#[derive(Debug)]
pub enum Job {
    Check(Vec<u32>),
    Demo(u32),
}

/// What the worker tells.
#[derive(Debug)]
pub enum Told {
    Judged(anyhow::Result<(Mode, Vec<(u32, Judgement)>)>),
    /// What a demo prints, line by line.
    Line(String),
    DemoEnded(anyhow::Result<()>),
}

/// The thread, from outside.
pub struct Worker {
    jobs: Sender<Job>,
    demo: Arc<Demo>,
}

impl Worker {
    /// Begins to wait for jobs. `tell` hears what comes of them.
    pub fn start(course: Arc<Course>, tell: impl Fn(Told) + Clone + Send + 'static) -> Self {
        let (jobs, to_do) = mpsc::channel();
        let demo = Arc::new(Demo::default());
        let of_thread = Arc::clone(&demo);
        thread::spawn(move || {
            for job in to_do {
                match job {
                    Job::Check(quests) => tell(Told::Judged(check(&course, &quests))),
                    Job::Demo(quest) => {
                        let ended = of_thread.run(&course, quest, &tell);
                        tell(Told::DemoEnded(ended));
                    }
                }
            }
        });
        Self { jobs, demo }
    }

    pub fn begin(&self, job: Job) {
        if matches!(job, Job::Demo(_)) {
            self.demo.unwanted.store(false, Ordering::SeqCst);
        }
        // The thread lives as long as this.
        let _ = self.jobs.send(job);
    }

    /// Ends the demo that runs, or that is about to.
    pub fn end_demo(&self) {
        self.demo.unwanted.store(true, Ordering::SeqCst);
        if let Some(group) = *self.demo.running() {
            groups::kill(group);
        }
    }
}

fn check(course: &Course, numbers: &[u32]) -> anyhow::Result<(Mode, Vec<(u32, Judgement)>)> {
    // Another terminal may have swapped it.
    let mode = mode(course)?;
    let quests: Vec<_> = course.quests.iter().filter(|quest| numbers.contains(&quest.number)).collect();
    let judgements = engine::judge_quests(course, &quests, mode)?;
    Ok((mode, quests.iter().map(|quest| quest.number).zip(judgements).collect()))
}

fn mode(course: &Course) -> anyhow::Result<Mode> {
    let mode = State::new(&course.root).mode()?;
    if mode == Mode::Reference {
        course.demand_solutions()?;
    }
    Ok(mode)
}

/// The demo that runs, if one does.
#[derive(Debug, Default)]
struct Demo {
    unwanted: AtomicBool,
    group: Mutex<Option<u32>>,
}

impl Demo {
    /// Runs a quest's demo to its end. It has no keyboard: the keys are for `watch`.
    fn run(&self, course: &Course, number: u32, tell: &(impl Fn(Told) + Clone + Send + 'static)) -> anyhow::Result<()> {
        let quest = course.quests.iter().find(|quest| quest.number == number).context("there is no such quest")?;
        let built = engine::build_quests(course, &[quest], mode(course)?, What::Demo)?;
        let package = built.packages.get(&quest.demo_package().name).context("cargo said nothing about the demo")?;
        let Some(program) = &package.program else {
            for error in &package.errors {
                error.rendered.lines().for_each(|line| tell(Told::Line(line.to_owned())));
            }
            tell(Told::Line("The demo does not compile yet.".into()));
            return Ok(());
        };
        let mut command = Command::new(program);
        cargo::without_backtrace(&mut command);
        command.current_dir(&quest.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // With it, everything that the demo starts ends, too.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut group = groups::spawn(&mut command).context("could not start the demo")?;
        *self.running() = Some(group.child.id());
        if self.unwanted.load(Ordering::SeqCst) {
            group.kill();
        }
        let readers = [
            group.child.stdout.take().map(|stream| pass_on(stream, tell.clone())),
            group.child.stderr.take().map(|stream| pass_on(stream, tell.clone())),
        ];
        for reader in readers.into_iter().flatten() {
            reader.join().expect("a reader only reads and tells");
        }
        let status = group.wait().context("could not wait for the demo")?;
        *self.running() = None;
        let words = match (status.success(), self.unwanted.load(Ordering::SeqCst)) {
            (_, true) => "The demo was ended.",
            (true, _) => "The demo has come to its end.",
            (false, _) => "The demo did not come to its end.",
        };
        tell(Told::Line(words.into()));
        Ok(())
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<u32>> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells every line as it comes.
fn pass_on(stream: impl Read + Send + 'static, tell: impl Fn(Told) + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            tell(Told::Line(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
    })
}
