//! Hears what happens, asks the machine what to do about it, and does it.

use crate::actions;
use crate::cli::Cli;
use crate::event::{Effect, Ending, Event, Key};
use crate::files::{self, Rhythm};
use crate::keyboard::{self, Typed};
use crate::machine::{Known, Machine};
use crate::renderer::Renderer;
use crate::screen::{self, Screen};
use crate::suspension;
use crate::verdicts::Verdicts;
use crate::view::{self, Window};
use crate::worker::{Job, Told, Worker};
use anyhow::Context as _;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};
use xtask::course::{Course, Quest};
use xtask::engine::groups;
use xtask::report::look::{Look, RED, paint};
use xtask::say::{self, say};
use xtask::state::{Mode, State};

/// After news of a change: some editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(20);

/// All that can be heard.
enum News {
    Typed(Typed),
    Touched,
    Worker(Told),
    Said(String),
    /// Text to print that took a while to make.
    Rendered(String),
    /// This process goes on after it was stopped.
    Continued,
}

/// Watches until somebody has enough.
pub fn run(cli: &Cli) -> anyhow::Result<Ending> {
    let course = Arc::new(Course::find()?);
    let chosen = cli.quest.as_deref().map(|name| course.quest(name)).transpose()?.map(|quest| quest.number);
    let (sender, news) = mpsc::channel();
    groups::at_stop(|| {
        say::redirect(None);
        screen::give_back();
        String::new()
    });
    give_back_on_panic();
    let screen = take_screen()?;
    hear_keys(screen.is_some(), sender.clone());
    hear_words(screen.is_some(), sender.clone());
    let stops = sender.clone();
    let continued = suspension::hear(move || drop(stops.send(News::Continued))).context("could not hear signals")?;
    let printer = sender.clone();
    let renderer = Renderer::start(move |text| drop(printer.send(News::Rendered(text))));
    let touched = sender.clone();
    let rhythm = files::watch(&course, cli.poll, move || drop(touched.send(News::Touched)));
    let worker = Worker::start(Arc::clone(&course), move |told| drop(sender.send(News::Worker(told))));
    let machine = Machine::new(known(&course), chosen);
    let mut shell = Shell {
        state: State::new(&course.root),
        start: Instant::now(),
        next_look: Instant::now(),
        mode: Mode::Learner,
        left: None,
        no_more_keys: false,
        course,
        machine,
        worker,
        rhythm,
        screen,
        renderer,
        continued,
    };
    let ending = shell.listen(&news);
    drop(shell.screen.take());
    say::redirect(None);
    groups::end_all();
    ending
}

struct Shell {
    course: Arc<Course>,
    state: State,
    machine: Machine,
    worker: Worker,
    rhythm: Rhythm,
    /// None without a terminal.
    screen: Option<Screen>,
    renderer: Renderer,
    /// Says when this process goes on after it was stopped.
    continued: Receiver<()>,
    start: Instant,
    next_look: Instant,
    /// Of the last check.
    mode: Mode,
    /// Somebody has had enough.
    left: Option<Ending>,
    /// Without a terminal: standard input has come to its end.
    no_more_keys: bool,
}

impl Shell {
    fn listen(&mut self, news: &Receiver<News>) -> anyhow::Result<Ending> {
        loop {
            let pause = self.next_look.saturating_duration_since(Instant::now());
            match news.recv_timeout(pause) {
                Ok(news) => self.hear(news)?,
                Err(RecvTimeoutError::Timeout) => self.look()?,
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("nothing can be heard any more"),
            }
            // Whoever closed the input still gets the verdict that is being made.
            if self.no_more_keys && self.machine.check > 0 && self.machine.busy.is_none() {
                return Ok(Ending::Asked);
            }
            if let Some(how) = self.left {
                return Ok(how);
            }
            self.print("")?;
        }
    }

    fn hear(&mut self, news: News) -> anyhow::Result<()> {
        match news {
            News::Typed(Typed::Key(key)) => {
                panic_if_asked(key);
                self.tell(Event::Key(key))
            }
            News::Typed(Typed::Resized) => self.draw_anew(),
            News::Typed(Typed::Suspend) => self.suspend(),
            News::Continued => self.retake(),
            News::Typed(Typed::End) => {
                self.no_more_keys = true;
                Ok(())
            }
            News::Touched => {
                self.next_look = self.next_look.min(Instant::now() + SETTLE);
                Ok(())
            }
            News::Said(text) | News::Rendered(text) | News::Worker(Told::Line(text)) => self.print(&text),
            News::Worker(Told::Judged(Ok((mode, verdicts)))) => {
                self.mode = mode;
                let contents = files::look(&self.course);
                self.tell(Event::Judged { verdicts, contents, now: self.start.elapsed() })
            }
            News::Worker(Told::Judged(Err(error))) => {
                self.print_error(&error)?;
                self.tell(Event::Failed)
            }
            News::Worker(Told::DemoEnded(ended)) => {
                if let Err(error) = ended {
                    self.print_error(&error)?;
                }
                self.tell(Event::DemoEnded)
            }
        }
    }

    fn look(&mut self) -> anyhow::Result<()> {
        self.next_look = Instant::now() + self.rhythm.pause;
        let contents = files::look(&self.course);
        self.tell(Event::Looked { contents, now: self.start.elapsed() })
    }

    fn tell(&mut self, event: Event) -> anyhow::Result<()> {
        for effect in self.machine.handle(event) {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Check(quests) => self.worker.begin(Job::Check(quests)),
            Effect::Demo(quest) => {
                let rule = view::rule("demo", Look::here());
                self.print(&rule)?;
                self.worker.begin(Job::Demo(quest));
            }
            Effect::EndDemo => self.worker.end_demo(),
            Effect::LookAfter(pause) => self.next_look = self.next_look.min(Instant::now() + pause),
            Effect::Quit(ending) => self.left = Some(ending),
            Effect::Show(shown) => {
                let verdicts = Verdicts::new(shown, &self.machine, Arc::clone(&self.course), self.mode);
                if self.screen.is_none() {
                    return self.print(&verdicts.in_a_line());
                }
                verdicts.remember_steps(&self.state);
                self.renderer.print(move || verdicts.in_full(Look::here()));
            }
            Effect::Say(line) if self.screen.is_none() => return self.print(&line),
            Effect::Say(line) => self.renderer.print(move || line),
            Effect::Help => return self.print_under("keys", &view::help(Look::here())),
            Effect::ShownHints(quest) => return self.act("hints", quest, actions::shown_hints),
            Effect::NextHint(quest) => return self.act("hint", quest, actions::next_hint),
            Effect::Timeline(number) => {
                let judgement = self.machine.verdicts.get(&number).cloned();
                let quest = self.course.quests.iter().find(|quest| quest.number == number).cloned();
                let quest = quest.context("there is no such quest")?;
                self.renderer.print(move || {
                    let drawn = actions::timeline(&quest, judgement.as_ref());
                    let text = drawn.unwrap_or_else(|error| paint(RED, format_args!("error: {error:#}")));
                    format!("{}\n{text}", view::rule("timeline", Look::here()))
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

    fn draw_anew(&mut self) -> anyhow::Result<()> {
        let live = view::live(&self.machine, &self.course, Look::here(), window());
        let drawn = self.screen.as_mut().map_or(Ok(()), |screen| screen.draw_anew(&live));
        drawn.context("could not draw on the terminal")
    }

    /// As Ctrl-Z does in a shell: gives the terminal back, stops, and takes it again when somebody brings this back.
    fn suspend(&mut self) -> anyhow::Result<()> {
        if self.screen.is_none() {
            return Ok(());
        }
        screen::give_back();
        suspension::stop(&self.continued);
        self.retake()
    }

    /// Whoever had the terminal meanwhile has left it in its own mode.
    fn retake(&mut self) -> anyhow::Result<()> {
        if let Some(screen) = &mut self.screen {
            screen.retake().context("could not take the terminal")?;
        }
        self.draw_anew()
    }

    /// Prints text under a line that says what it is.
    fn print_under(&mut self, title: &str, text: &str) -> anyhow::Result<()> {
        let rule = view::rule(title, Look::here());
        self.print(&format!("{rule}\n{text}"))
    }

    fn print_error(&mut self, error: &anyhow::Error) -> anyhow::Result<()> {
        self.print(&paint(RED, format_args!("error: {error:#}")))
    }

    /// Prints text that stays, if any, and draws anew what does not.
    fn print(&mut self, text: &str) -> anyhow::Result<()> {
        if let Some(screen) = &mut self.screen {
            let live = view::live(&self.machine, &self.course, Look::here(), window());
            let drawn = if text.is_empty() { screen.draw(&live) } else { screen.print(text, &live) };
            return drawn.context("could not draw on the terminal");
        }
        if !text.is_empty() {
            say!("{}", text.trim_end());
        }
        Ok(())
    }
}

/// The terminal, if there is one at both ends, and one that can move its cursor.
fn take_screen() -> anyhow::Result<Option<Screen>> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    if is_dumb || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(None);
    }
    Screen::take().map(Some).context("could not take the terminal")
}

fn window() -> Window {
    terminal_size::terminal_size().map_or(Window { columns: 80, rows: 24 }, |(columns, rows)| Window {
        columns: columns.0.into(),
        rows: rows.0.into(),
    })
}

/// Keys from a terminal; elsewhere nothing but the end is heard.
fn hear_keys(from_terminal: bool, sender: Sender<News>) {
    thread::spawn(move || {
        if !from_terminal {
            // Whatever is written there is not for us. That it cannot be read is an end, too.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            let _ = sender.send(News::Typed(Typed::End));
            return;
        }
        loop {
            let typed = keyboard::next();
            let is_end = matches!(typed, Typed::End);
            if sender.send(News::Typed(typed)).is_err() || is_end {
                return;
            }
        }
    });
}

/// What the engine tells on standard error would go right through what is drawn.
fn hear_words(from_terminal: bool, sender: Sender<News>) {
    if from_terminal {
        say::redirect(Some(Box::new(move |line| drop(sender.send(News::Said(line))))));
    }
}

/// A panic is a fault of this program. Its words need a terminal that works, and no thread goes on after it.
fn give_back_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say::redirect(None);
        screen::give_back();
        tell(panic);
        groups::end_all();
        std::process::exit(PANICKED);
    }));
}

/// For a test: what happens to the terminal then?
fn panic_if_asked(key: Key) {
    let is_asked = cfg!(debug_assertions) && key == Key::Char('!') && std::env::var_os("WATCH_PANICS").is_some();
    assert!(!is_asked, "it was asked to panic");
}

/// The exit code of a panic, as everywhere in Rust.
const PANICKED: i32 = 101;

fn known(course: &Course) -> Vec<Known> {
    let runs_on = |quest: &Quest, other: &Quest| course.needed_by(quest).any(|needed| needed.number == other.number);
    let dependents =
        |other: &Quest| course.quests.iter().filter(|quest| runs_on(quest, other)).map(|quest| quest.number).collect();
    course.quests.iter().map(|quest| Known { number: quest.number, dependents: dependents(quest) }).collect()
}
