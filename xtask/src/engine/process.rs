//! One process from start to end: fed, watched, and killed with everything it started.

use super::budget::{Budget, ThisMachine};
use super::groups;
use super::memory::MemoryWatch;
use super::quiet::{Seen, Watcher};
use super::removed_files;
use std::fs;
use std::io::{ErrorKind, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take on the clock, and how much it may print.
#[derive(Debug, Clone, Copy)]
pub struct Patience<'a> {
    /// The last resort: what loops or waits is noticed long before. Time in which the runner itself was stopped does not count.
    pub wall: Duration,
    /// Bytes a stream.
    pub output: usize,
    /// End the process when there is more in this folder than so many bytes.
    pub folder: Option<(&'a Path, u64)>,
    /// Where the runner may measure the machine with small files.
    pub measure_in: &'a Path,
}

/// What became of a process.
#[derive(Debug)]
pub struct Ran {
    pub ending: Ending,
    pub stdout: String,
    pub stderr: String,
    /// Whether the machine was short of memory meanwhile.
    pub short_of_memory: bool,
}

/// Why a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that the runner did not send.
    Signal(i32),
    /// Killed: it worked too long.
    TooMuchWork,
    /// Killed: it took too long on the clock.
    TooLong,
    /// Killed: it printed too much.
    TooMuchOutput,
    /// Killed: it wrote too much into files.
    TooMuchWritten,
    /// Killed: it had too many threads.
    TooManyThreads,
    /// Killed: all its threads slept, and no CPU time passed.
    Quiet,
    /// Killed: it was stopped, as by `SIGSTOP`, and once more after it had been told to go on.
    Stopped,
}

enum News {
    Chunk(Stream, Vec<u8>),
    End,
}

#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

/// Time between two looks at the process.
const TICK: Duration = Duration::from_millis(20);

/// So long the output of an ended process is read: a process that left the group could hold the pipe open for ever.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// Runs `command` (from [`super::limits::limited`], so that it leads a process group) to its end with `input` as its standard input.
pub fn run(mut command: Command, input: &[u8], patience: &Patience) -> std::io::Result<Ran> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut memory = MemoryWatch::start();
    let mut group = groups::spawn(&mut command)?;
    if let Some(mut stdin) = group.child.stdin.take() {
        // A process that ended before reading says so by its exit code.
        let _ = stdin.write_all(input);
    }
    let (sender, news) = mpsc::sync_channel(16);
    read_all(group.child.stdout.take(), Stream::Out, &sender);
    read_all(group.child.stderr.take(), Stream::Err, &sender);
    drop(sender);

    let mut looks = Looks::new(group.child.id(), patience);
    let mut output = Output::default();
    let mut next_look = Instant::now() + TICK;
    let mut killed = None;
    let mut open = 2;
    let status = loop {
        match news.recv_timeout(next_look.saturating_duration_since(Instant::now())) {
            Ok(News::Chunk(stream, bytes)) => {
                if output.add(stream, &bytes, patience.output) && killed.is_none() {
                    killed = Some(Ending::TooMuchOutput);
                    group.kill();
                }
            }
            Ok(News::End) => open -= 1,
            Err(RecvTimeoutError::Timeout) => {}
            // Both streams are closed: the process is ending, or has closed them and goes on.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_micros(200)),
        }
        if open == 0 || Instant::now() >= next_look {
            if let Some(status) = group.child.try_wait()? {
                break status;
            }
            if Instant::now() >= next_look {
                memory.look();
                if killed.is_none() {
                    killed = looks.look();
                    if killed.is_some() {
                        group.kill();
                    }
                }
                next_look = Instant::now() + TICK;
            }
        }
    };
    // What the process started and left behind holds its pipes open: end it before reading to the end.
    group.kill();
    let end = Instant::now() + LEFT_BEHIND;
    while let Ok(piece) = news.recv_timeout(end.saturating_duration_since(Instant::now())) {
        if let News::Chunk(stream, bytes) = piece {
            output.add(stream, &bytes, patience.output);
        }
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Ran {
        ending: killed.unwrap_or_else(|| ending(status)),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        short_of_memory: memory.was_short(),
    })
}

/// The looks at one process, by which it is ended.
struct Looks<'a> {
    group: u32,
    watcher: Watcher,
    budget: Budget<ThisMachine<'a>>,
    patience: &'a Patience<'a>,
    /// The looks so far, and how many there may be.
    count: u32,
    most: f64,
    /// Whether it was stopped, and told to go on.
    was_continued: bool,
}

impl<'a> Looks<'a> {
    fn new(group: u32, patience: &'a Patience<'a>) -> Self {
        Self {
            group,
            watcher: Watcher::new(group),
            budget: Budget::new(ThisMachine(patience.measure_in)),
            patience,
            count: 0,
            most: looks_in(patience.wall),
            was_continued: false,
        }
    }

    /// Looks once: why the process must be ended, if so.
    fn look(&mut self) -> Option<Ending> {
        self.count = self.count.saturating_add(1);
        if self.patience.folder.is_some_and(|(folder, most)| self.has_written_more(folder, most)) {
            return Some(Ending::TooMuchWritten);
        }
        match self.watcher.look() {
            Seen::Crowd => return Some(Ending::TooManyThreads),
            Seen::Quiet => return Some(Ending::Quiet),
            // Somebody else may have stopped it, who forgot to let it go on.
            Seen::Stopped if !self.was_continued => {
                self.was_continued = true;
                groups::let_go_on(self.group);
            }
            Seen::Stopped => return Some(Ending::Stopped),
            Seen::Work => {}
        }
        if self.budget.is_spent(self.watcher.used()) {
            return Some(Ending::TooMuchWork);
        }
        if self.budget.has_waited(self.watcher.waiting()) {
            return Some(Ending::Quiet);
        }
        self.has_taken_too_long().then_some(Ending::TooLong)
    }

    /// Whether the files in `folder` and those that it holds open, though they were removed, are larger than so many bytes.
    fn has_written_more(&self, folder: &Path, most: u64) -> bool {
        most.checked_sub(removed_files::held_open(self.group)).is_none_or(|most| holds_more(folder, most))
    }

    /// On the clock, which is scaled where nothing else could end a process that works or waits for ever.
    fn has_taken_too_long(&mut self) -> bool {
        if f64::from(self.count) < self.most {
            return false;
        }
        if !cfg!(target_os = "linux") {
            self.most = self.most.max(looks_in(self.patience.wall) * self.budget.pace().compute);
        }
        f64::from(self.count) >= self.most
    }
}

fn looks_in(time: Duration) -> f64 {
    time.as_secs_f64() / TICK.as_secs_f64()
}

/// Whether the files in `folder` are larger than `most` bytes together; empty ones count as a block.
fn holds_more(folder: &Path, most: u64) -> bool {
    const BLOCK: u64 = 4096;
    // Every system reaches longer paths than this.
    const LONG: usize = 1000;
    let mut held = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let is_deep = folder.as_os_str().len() > LONG;
        let entries = fs::read_dir(folder);
        // Folders in folders, until no path reaches them: what lies there cannot be counted. A folder that is being
        // removed cannot be read either, and Windows may say the same of it.
        if is_deep && entries.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidFilename) {
            return true;
        }
        for entry in entries.into_iter().flatten().flatten() {
            // A file may be gone by now.
            let Ok(metadata) = entry.metadata() else { continue };
            held += metadata.len().max(BLOCK);
            if held > most {
                return true;
            }
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    false
}

fn read_all(stream: Option<impl Read + Send + 'static>, which: Stream, news: &SyncSender<News>) {
    let mut stream = stream.expect("the stream was piped");
    let news = news.clone();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if news.send(News::Chunk(which, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
        // Nobody listens any more if the process was given up.
        let _ = news.send(News::End);
    });
}

#[derive(Default)]
struct Output {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    /// Adds what fits into `most`; `true` if not all of it did.
    fn add(&mut self, stream: Stream, bytes: &[u8], most: usize) -> bool {
        let kept = match stream {
            Stream::Out => &mut self.stdout,
            Stream::Err => &mut self.stderr,
        };
        let fits = bytes.len().min(most - kept.len());
        kept.extend_from_slice(&bytes[..fits]);
        fits < bytes.len()
    }
}

fn ending(status: ExitStatus) -> Ending {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ending::Signal(signal);
    }
    Ending::Exited(status.code().unwrap_or(-1))
}

/// A running process that leads a group; the whole group is killed when this is dropped.
pub struct Group {
    pub child: Child,
}

impl Group {
    /// Waits for the end. The standard input stays open until then, for [`super::limits::guarded`].
    pub fn wait(&mut self) -> std::io::Result<ExitStatus> {
        let _open = self.child.stdin.take();
        self.child.wait()
    }

    /// Ends every process of the group at once.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        super::groups::kill(self.child.id());
        // Without groups only the process itself: whoever ends it has mostly seen it end.
        #[cfg(not(unix))]
        let _ = self.child.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        // Reaped here, so that no zombie keeps the group's number.
        let _ = self.child.wait();
        super::groups::forget(self.child.id());
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::engine::judge::judge;
    use std::os::unix::process::CommandExt as _;

    /// What becomes of a shell that runs this.
    fn ran(script: &str) -> Ran {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).process_group(0);
        let temporary = std::env::temp_dir();
        let patience =
            Patience { wall: Duration::from_secs(300), output: 1 << 20, folder: None, measure_in: &temporary };
        run(command, b"", &patience).unwrap()
    }

    fn verdict(ran: &Ran) -> &'static str {
        judge("t", "", ran, &[]).name()
    }

    #[test]
    fn every_signal_that_a_program_sends_itself_is_its_own_doing() {
        // The numbers are those of most Linux systems; 32 and 33 are the C library's own.
        for signal in (1..=64).filter(|signal| ![32, 33].contains(signal)) {
            for target in ["$$", "0"] {
                let ran = ran(&format!("kill -{signal} {target}; exit 7"));
                let ending = match signal {
                    // By default these do nothing, or stop a process. It is told to go on once, and does.
                    17 | 18 | 23 | 28 | 19..=22 => Ending::Exited(7),
                    _ => Ending::Signal(signal),
                };
                assert_eq!(ran.ending, ending, "signal {signal} to {target}");
                let expected = match signal {
                    // Who has sent it is found out by running it again.
                    9 => "disturbed",
                    24 => "out-of-time",
                    _ => "ended-early",
                };
                assert_eq!(verdict(&ran), expected, "signal {signal} to {target}");
            }
        }
    }

    #[test]
    fn a_program_that_stops_itself_again_and_again_is_ended() {
        let ran = ran("while true; do kill -STOP $$; done");
        assert_eq!(ran.ending, Ending::Stopped);
        assert_eq!(verdict(&ran), "ended-early");
    }

    #[test]
    fn a_program_that_works_for_ever_is_ended_however_it_works() {
        for work in [":", "read -r x < /proc/uptime"] {
            let ran = ran(&format!("while true; do {work}; done"));
            assert_eq!(ran.ending, Ending::TooMuchWork, "{work}");
        }
    }
}
