//! Reads what a process prints, up to a limit.

use std::io::Read;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// What a process has printed so far. Threads read its pipes.
pub struct Capture {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// Bytes that are kept of each stream.
    limit: usize,
    chunks: Receiver<Chunk>,
    open_pipes: usize,
}

enum Chunk {
    Bytes(Pipe, Vec<u8>),
    Closed,
}

#[derive(Clone, Copy)]
enum Pipe {
    Stdout,
    Stderr,
}

/// How long the output of an ended process is read: a process that left the group could hold the pipe open for ever.
const DRAIN_TIME: Duration = Duration::from_secs(1);

impl Capture {
    /// Starts to read the output of `child`, whose streams are piped.
    pub fn start(child: &mut Child, limit: usize) -> Self {
        let (sender, chunks) = mpsc::sync_channel(16);
        read_all(child.stdout.take(), Pipe::Stdout, sender.clone());
        read_all(child.stderr.take(), Pipe::Stderr, sender);
        Self { stdout: Vec::new(), stderr: Vec::new(), limit, chunks, open_pipes: 2 }
    }

    /// Waits for output, at most until `deadline`; `true` if more was printed than is kept.
    pub fn receive(&mut self, deadline: Instant) -> bool {
        match self.chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(chunk) => return self.add(chunk),
            Err(RecvTimeoutError::Timeout) => {}
            // Both pipes are closed: the process is ending, or has closed them and goes on.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_micros(200)),
        }
        false
    }

    pub fn is_closed(&self) -> bool {
        self.open_pipes == 0
    }

    /// After the end of the process: reads what is left in the pipes.
    pub fn drain(&mut self) {
        let deadline = Instant::now() + DRAIN_TIME;
        while let Ok(chunk) = self.chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.add(chunk);
        }
    }

    /// Keeps what fits below the limit; `true` if not all of it did.
    fn add(&mut self, chunk: Chunk) -> bool {
        let (kept, bytes) = match chunk {
            Chunk::Closed => {
                self.open_pipes -= 1;
                return false;
            }
            Chunk::Bytes(Pipe::Stdout, bytes) => (&mut self.stdout, bytes),
            Chunk::Bytes(Pipe::Stderr, bytes) => (&mut self.stderr, bytes),
        };
        let fits = bytes.len().min(self.limit - kept.len());
        kept.extend_from_slice(&bytes[..fits]);
        fits < bytes.len()
    }
}

fn read_all(stream: Option<impl Read + Send + 'static>, pipe: Pipe, chunks: SyncSender<Chunk>) {
    let mut stream = stream.expect("the stream was piped");
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            if chunks.send(Chunk::Bytes(pipe, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
        // Nobody listens any more if the process was given up.
        let _ = chunks.send(Chunk::Closed);
    });
}
