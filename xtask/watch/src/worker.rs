//! Does what takes long, one job after the other, on its own thread.

use anyhow::Context as _;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use xtask::course::Course;
use xtask::engine::cargo_build::TargetKind;
use xtask::engine::verdict::Judgement;
use xtask::engine::{self, cargo, process_group};
use xtask::state::{Mode, State};

/// A job, with the numbers of its quests.
#[derive(Debug)]
pub enum WorkerJob {
    Check(Vec<u32>),
    Demo(u32),
}

/// What the worker reports.
#[derive(Debug)]
pub enum WorkerEvent {
    Judged(anyhow::Result<(Mode, Vec<(u32, Judgement)>)>),
    /// What a demo prints, line by line.
    Line(String),
    DemoEnded(anyhow::Result<()>),
}

/// A handle to the thread.
pub struct Worker {
    jobs: Sender<WorkerJob>,
    demo: Arc<Demo>,
}

impl Worker {
    /// Starts the thread. `send` gets its events.
    pub fn start(course: Arc<Course>, send: impl Fn(WorkerEvent) + Clone + Send + 'static) -> Self {
        let (jobs, to_do) = mpsc::channel();
        let demo = Arc::new(Demo::default());
        let of_thread = Arc::clone(&demo);
        thread::spawn(move || {
            for job in to_do {
                match job {
                    WorkerJob::Check(quests) => send(WorkerEvent::Judged(check(&course, &quests))),
                    WorkerJob::Demo(quest) => {
                        let ended = of_thread.run(&course, quest, &send);
                        send(WorkerEvent::DemoEnded(ended));
                    }
                }
            }
        });
        Self { jobs, demo }
    }

    pub fn begin(&self, job: WorkerJob) {
        if matches!(job, WorkerJob::Demo(_)) {
            self.demo.unwanted.store(false, Ordering::SeqCst);
        }
        // The thread lives as long as this handle.
        let _ = self.jobs.send(job);
    }

    /// Ends the demo that is running or about to run.
    pub fn end_demo(&self) {
        self.demo.unwanted.store(true, Ordering::SeqCst);
        if let Some(group) = *self.demo.running() {
            process_group::kill(group);
        }
    }
}

fn check(course: &Course, numbers: &[u32]) -> anyhow::Result<(Mode, Vec<(u32, Judgement)>)> {
    // It may have been changed in another terminal.
    let mode = mode(course)?;
    let quests: Vec<_> = course.quests.iter().filter(|quest| numbers.contains(&quest.number)).collect();
    let judgements = engine::judge_quests(course, &quests, mode)?;
    Ok((mode, quests.iter().map(|quest| quest.number).zip(judgements).collect()))
}

fn mode(course: &Course) -> anyhow::Result<Mode> {
    State::new(&course.root).mode(course)
}

/// The running demo, if there is one.
#[derive(Debug, Default)]
struct Demo {
    unwanted: AtomicBool,
    group: Mutex<Option<u32>>,
}

impl Demo {
    /// Runs a quest's demo to its end. Its standard input is closed, since the keys are for `watch`.
    fn run(
        &self,
        course: &Course,
        number: u32,
        send: &(impl Fn(WorkerEvent) + Clone + Send + 'static),
    ) -> anyhow::Result<()> {
        let quest = course.quests.iter().find(|quest| quest.number == number).context("there is no such quest")?;
        let built = engine::build_quests(course, &[quest], mode(course)?, TargetKind::Demo)?;
        let Some(program) = built.program(&quest.demo_package().name) else {
            for error in built.errors() {
                error.rendered.lines().for_each(|line| send(WorkerEvent::Line(line.to_owned())));
            }
            send(WorkerEvent::Line("The demo does not compile yet.".into()));
            return Ok(());
        };
        let mut command = Command::new(program);
        cargo::without_backtrace(&mut command);
        command.current_dir(&quest.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Everything that the demo starts is killed with its group.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut group = process_group::spawn(&mut command).context("could not start the demo")?;
        *self.running() = Some(group.child.id());
        if self.unwanted.load(Ordering::SeqCst) {
            group.kill();
        }
        let readers = [
            group.child.stdout.take().map(|stream| pass_on(stream, send.clone())),
            group.child.stderr.take().map(|stream| pass_on(stream, send.clone())),
        ];
        for reader in readers.into_iter().flatten() {
            reader.join().expect("a reader only reads and sends");
        }
        let status = group.wait().context("could not wait for the demo")?;
        *self.running() = None;
        let words = match (status.success(), self.unwanted.load(Ordering::SeqCst)) {
            (_, true) => "The demo was stopped.",
            (true, _) => "The demo has ended.",
            (false, _) => "The demo failed.",
        };
        send(WorkerEvent::Line(words.into()));
        Ok(())
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<u32>> {
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends each line as it arrives.
fn pass_on(stream: impl Read + Send + 'static, send: impl Fn(WorkerEvent) + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            send(WorkerEvent::Line(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
    })
}
