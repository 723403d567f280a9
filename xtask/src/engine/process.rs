//! One process from start to end: fed, watched, and killed with everything it started.

use super::quiet::{Seen, Watcher};
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
    /// The last resort: what loops or waits is noticed long before.
    pub wall: Duration,
    /// Bytes a stream.
    pub output: usize,
    /// End the process when all its threads sleep for long.
    pub until_quiet: bool,
    /// End the process when there is more in this folder than so many bytes.
    pub folder: Option<(&'a Path, u64)>,
}

/// What became of a process.
#[derive(Debug)]
pub struct Ran {
    pub ending: Ending,
    pub stdout: String,
    pub stderr: String,
}

/// Why a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that the runner did not send.
    Signal(i32),
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
    let mut group = super::groups::spawn(&mut command)?;
    let start = Instant::now();
    if let Some(mut stdin) = group.child.stdin.take() {
        // A process that ended before reading says so by its exit code.
        let _ = stdin.write_all(input);
    }
    let (sender, news) = mpsc::sync_channel(16);
    read_all(group.child.stdout.take(), Stream::Out, &sender);
    read_all(group.child.stderr.take(), Stream::Err, &sender);
    drop(sender);

    let mut watcher = Watcher::new(group.child.id());
    let mut output = Output::default();
    let mut next_look = start + TICK;
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
                next_look = Instant::now() + TICK;
                if killed.is_none() {
                    killed = if start.elapsed() > patience.wall {
                        Some(Ending::TooLong)
                    } else if patience.folder.is_some_and(|(folder, most)| holds_more(folder, most)) {
                        Some(Ending::TooMuchWritten)
                    } else {
                        match watcher.look() {
                            Seen::Crowd => Some(Ending::TooManyThreads),
                            Seen::Quiet if patience.until_quiet => Some(Ending::Quiet),
                            Seen::Quiet | Seen::Work => None,
                        }
                    };
                    if killed.is_some() {
                        group.kill();
                    }
                }
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
    })
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
