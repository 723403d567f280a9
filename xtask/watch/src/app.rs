//! Receives input, asks the state machine what to do about it, and does it.

use crate::actions;
use crate::cli::Cli;
use crate::event::{Effect, KeyPress, QuitReason, WatchEvent};
use crate::file_watcher::{self, PollSchedule};
use crate::input::{Input, read_keys, redirect_engine_lines};
use crate::keyboard::TerminalInput;
use crate::machine::{QuestNode, StateMachine};
use crate::renderer::Renderer;
use crate::screen::{self, Screen};
use crate::suspend;
use crate::verdicts::Verdicts;
use crate::view::{self, Window};
use crate::worker::{Worker, WorkerEvent, WorkerJob};
use anyhow::Context as _;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use xtask::course::{Course, Quest};
use xtask::engine::process_group;
use xtask::print_line;
use xtask::state::{Mode, State};
use xtask::terminal::print;
use xtask::terminal::style::{RED, Terminal, paint};

/// How long to wait after a change: some editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(20);

/// Watches until the user quits.
pub fn run(cli: &Cli) -> anyhow::Result<QuitReason> {
    let course = Arc::new(Course::find()?);
    let chosen = cli.quest.as_deref().map(|name| course.quest(name)).transpose()?.map(|quest| quest.number);
    let (sender, inputs) = mpsc::channel();
    process_group::on_stop(|| {
        print::redirect_stderr(None);
        screen::restore_terminal();
        String::new()
    });
    restore_terminal_on_panic();
    let screen = take_screen()?;
    read_keys(screen.is_some(), sender.clone());
    redirect_engine_lines(screen.is_some(), sender.clone());
    let stops = sender.clone();
    let continued =
        suspend::listen(move || drop(stops.send(Input::Continued))).context("could not listen for signals")?;
    let printer = sender.clone();
    let renderer = Renderer::start(move |text| drop(printer.send(Input::Rendered(text))));
    let on_change = sender.clone();
    let schedule = file_watcher::watch(&course, cli.poll, move || drop(on_change.send(Input::FilesTouched)));
    let worker = Worker::start(Arc::clone(&course), move |event| drop(sender.send(Input::Worker(event))));
    let machine = StateMachine::new(known(&course), chosen);
    let mut app = App {
        state: State::new(&course.root),
        start: Instant::now(),
        next_read: Instant::now(),
        mode: Mode::Learner,
        left: None,
        no_more_keys: false,
        course,
        machine,
        worker,
        schedule,
        screen,
        renderer,
        continued,
    };
    let ending = app.listen(&inputs);
    drop(app.screen.take());
    print::redirect_stderr(None);
    process_group::kill_all();
    ending
}

struct App {
    course: Arc<Course>,
    state: State,
    machine: StateMachine,
    worker: Worker,
    schedule: PollSchedule,
    /// None without a terminal.
    screen: Option<Screen>,
    renderer: Renderer,
    /// Receives a message when this process was resumed after it was stopped.
    continued: Receiver<()>,
    start: Instant,
    next_read: Instant,
    /// Of the last check.
    mode: Mode,
    /// The user has quit.
    left: Option<QuitReason>,
    /// Without a terminal: standard input has ended.
    no_more_keys: bool,
}

impl App {
    fn listen(&mut self, inputs: &Receiver<Input>) -> anyhow::Result<QuitReason> {
        loop {
            let pause = self.next_read.saturating_duration_since(Instant::now());
            match inputs.recv_timeout(pause) {
                Ok(input) => self.handle(input)?,
                Err(RecvTimeoutError::Timeout) => self.read_files()?,
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("no more input can arrive"),
            }
            // A user who has closed the input still gets the verdict of the check that is running.
            if self.no_more_keys && self.machine.check > 0 && self.machine.busy.is_none() {
                return Ok(QuitReason::QuitKey);
            }
            if let Some(how) = self.left {
                return Ok(how);
            }
            self.print("")?;
        }
    }

    fn handle(&mut self, input: Input) -> anyhow::Result<()> {
        match input {
            Input::TerminalInput(TerminalInput::Key(key)) => {
                panic_if_asked(key);
                self.dispatch(WatchEvent::Key(key))
            }
            Input::TerminalInput(TerminalInput::Resized) => self.redraw(),
            Input::TerminalInput(TerminalInput::Suspend) => self.suspend(),
            Input::Continued => self.retake(),
            Input::TerminalInput(TerminalInput::End) => {
                self.no_more_keys = true;
                Ok(())
            }
            Input::FilesTouched => {
                self.next_read = self.next_read.min(Instant::now() + SETTLE);
                Ok(())
            }
            Input::EngineLine(text) | Input::Rendered(text) | Input::Worker(WorkerEvent::Line(text)) => {
                self.print(&text)
            }
            Input::Worker(WorkerEvent::Judged(Ok((mode, verdicts)))) => {
                self.mode = mode;
                let contents = file_watcher::read_all(&self.course);
                self.dispatch(WatchEvent::Judged { verdicts, contents, now: self.start.elapsed() })
            }
            Input::Worker(WorkerEvent::Judged(Err(error))) => {
                self.print_error(&error)?;
                self.dispatch(WatchEvent::Failed)
            }
            Input::Worker(WorkerEvent::DemoEnded(ended)) => {
                if let Err(error) = ended {
                    self.print_error(&error)?;
                }
                self.dispatch(WatchEvent::DemoEnded)
            }
        }
    }

    fn read_files(&mut self) -> anyhow::Result<()> {
        self.next_read = Instant::now() + self.schedule.pause;
        let contents = file_watcher::read_all(&self.course);
        self.dispatch(WatchEvent::FilesRead { contents, now: self.start.elapsed() })
    }

    fn dispatch(&mut self, event: WatchEvent) -> anyhow::Result<()> {
        for effect in self.machine.handle(event) {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Check(quests) => self.worker.begin(WorkerJob::Check(quests)),
            Effect::Demo(quest) => {
                let rule = view::rule("demo", Terminal::detect());
                self.print(&rule)?;
                self.worker.begin(WorkerJob::Demo(quest));
            }
            Effect::EndDemo => self.worker.end_demo(),
            Effect::ReadFilesAfter(pause) => self.next_read = self.next_read.min(Instant::now() + pause),
            Effect::Quit(ending) => self.left = Some(ending),
            Effect::Show(shown) => {
                let verdicts = Verdicts::new(shown, &self.machine, Arc::clone(&self.course), self.mode);
                if self.screen.is_none() {
                    return self.print(&verdicts.in_a_line());
                }
                verdicts.remember_steps(&self.state);
                self.renderer.print(move || verdicts.in_full(Terminal::detect()));
            }
            Effect::PrintLine(line) if self.screen.is_none() => return self.print(&line),
            Effect::PrintLine(line) => self.renderer.print(move || line),
            Effect::Help => return self.print_under("keys", &view::help(Terminal::detect())),
            Effect::SeenHints(quest) => return self.act("hints", quest, actions::seen_hints),
            Effect::NextHint(quest) => return self.act("hint", quest, actions::next_hint),
            Effect::Timeline(number) => {
                let judgement = self.machine.verdicts.get(&number).cloned();
                let quest = self.course.quests.iter().find(|quest| quest.number == number).cloned();
                let quest = quest.context("there is no such quest")?;
                self.renderer.print(move || {
                    let drawn = actions::timeline(&quest, judgement.as_ref());
                    let text = drawn.unwrap_or_else(|error| paint(RED, format_args!("error: {error:#}")));
                    format!("{}\n{text}", view::rule("timeline", Terminal::detect()))
                });
            }
            Effect::Reset(quest) => return self.act("reset", quest, actions::reset),
        }
        Ok(())
    }

    fn act(
        &mut self,
        title: &str,
        number: u32,
        action: impl FnOnce(&Course, &State, &Quest) -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let course = Arc::clone(&self.course);
        let quest = course.quests.iter().find(|quest| quest.number == number);
        match action(&course, &self.state, quest.context("there is no such quest")?) {
            Ok(text) => self.print_under(title, &text),
            Err(error) => self.print_error(&error),
        }
    }

    fn redraw(&mut self) -> anyhow::Result<()> {
        let live = view::live(&self.machine, &self.course, Terminal::detect(), window());
        let drawn = self.screen.as_mut().map_or(Ok(()), |screen| screen.redraw(&live));
        drawn.context("could not draw on the terminal")
    }

    /// As Ctrl-Z does for any program: restores the terminal, stops, and takes the terminal again when it is resumed.
    fn suspend(&mut self) -> anyhow::Result<()> {
        if self.screen.is_none() {
            return Ok(());
        }
        screen::restore_terminal();
        suspend::stop(&self.continued);
        self.retake()
    }

    /// Another program that had the terminal meanwhile may have left it in another mode.
    fn retake(&mut self) -> anyhow::Result<()> {
        if let Some(screen) = &mut self.screen {
            screen.retake().context("could not take over the terminal")?;
        }
        self.redraw()
    }

    /// Prints text under a line with its title.
    fn print_under(&mut self, title: &str, text: &str) -> anyhow::Result<()> {
        let rule = view::rule(title, Terminal::detect());
        self.print(&format!("{rule}\n{text}"))
    }

    fn print_error(&mut self, error: &anyhow::Error) -> anyhow::Result<()> {
        self.print(&paint(RED, format_args!("error: {error:#}")))
    }

    /// Prints text that stays, if any, and redraws the lines at the end.
    fn print(&mut self, text: &str) -> anyhow::Result<()> {
        if let Some(screen) = &mut self.screen {
            let live = view::live(&self.machine, &self.course, Terminal::detect(), window());
            let drawn = if text.is_empty() { screen.draw(&live) } else { screen.print(text, &live) };
            return drawn.context("could not draw on the terminal");
        }
        if !text.is_empty() {
            print_line!("{}", text.trim_end());
        }
        Ok(())
    }
}

/// The terminal, if input and output have one, and it can move its cursor.
fn take_screen() -> anyhow::Result<Option<Screen>> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    if is_dumb || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(None);
    }
    Screen::take().map(Some).context("could not take over the terminal")
}

fn window() -> Window {
    terminal_size::terminal_size().map_or(Window { columns: 80, rows: 24 }, |(columns, rows)| Window {
        columns: columns.0.into(),
        rows: rows.0.into(),
    })
}

/// A panic is a bug in this program. Its message needs a working terminal, and no thread continues after it.
fn restore_terminal_on_panic() {
    let dispatch = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print::redirect_stderr(None);
        screen::restore_terminal();
        dispatch(panic);
        process_group::kill_all();
        std::process::exit(PANICKED);
    }));
}

/// For a test of what then happens to the terminal.
fn panic_if_asked(key: KeyPress) {
    let is_asked = cfg!(debug_assertions) && key == KeyPress::Char('!') && std::env::var_os("WATCH_PANICS").is_some();
    assert!(!is_asked, "it was asked to panic");
}

/// The exit code of a panic, as everywhere in Rust.
const PANICKED: i32 = 101;

fn known(course: &Course) -> Vec<QuestNode> {
    let runs_on = |quest: &Quest, other: &Quest| course.needed_by(quest).any(|needed| needed.number == other.number);
    let dependents =
        |other: &Quest| course.quests.iter().filter(|quest| runs_on(quest, other)).map(|quest| quest.number).collect();
    course.quests.iter().map(|quest| QuestNode { number: quest.number, dependents: dependents(quest) }).collect()
}
