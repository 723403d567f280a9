//! why: No tasks: one future polls all lines in flight itself; the input comes in chunks that are cut by hand.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::Poll;

use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub in_flight: usize,
    pub max_line: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { in_flight: 16, max_line: 1 << 20 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub lines: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: u64 },
    #[error("line {line} is too long")]
    LineTooLong { line: u64 },
    #[error("could not process line {line}")]
    Process { line: u64, source: BoxError },
    #[error("at least one line must be allowed in flight")]
    ZeroInFlight,
}

pub async fn pipeline<Fut: Future<Output = Result<String, BoxError>> + Send + 'static>(
    input: &Path,
    output: &Path,
    options: Options,
    process: impl Fn(u64, String) -> Fut + Send + Sync + 'static,
    progress: impl FnMut(&Summary),
) -> Result<Summary, PipelineError> {
    if options.in_flight == 0 {
        return Err(PipelineError::ZeroInFlight);
    }
    let could_not_read = |source| PipelineError::Read { path: input.to_owned(), source };
    let could_not_write = |source| PipelineError::Write { path: output.to_owned(), source };
    let mut progress = progress;
    let mut source = Source {
        file: File::open(input).await.map_err(could_not_read)?,
        buffer: Vec::new(),
        start: 0,
        looked: 0,
        line: 0,
        at_end: false,
    };
    let temporary = Temporary::beside(output).await.map_err(could_not_write)?;
    let mut file = OpenOptions::new().write(true).open(&temporary.0).await.map_err(could_not_write)?;
    let mut unwritten = Vec::new();
    let mut slots: VecDeque<Slot<Fut>> = VecDeque::new();
    let mut summary = Summary::default();
    loop {
        while slots.len() < options.in_flight {
            let Some((text, ending)) = source.next(options.max_line).await.map_err(could_not_read)?? else { break };
            let bytes = text.len() + ending.len();
            let future = Box::pin(process(source.line, text));
            slots.push_back(Slot { line: source.line, bytes, ending, future: Some(future), result: None });
        }
        let Some(front) = poll_fn(|context| {
            for slot in &mut slots {
                if let Some(future) = &mut slot.future
                    && let Poll::Ready(result) = future.as_mut().poll(context)
                {
                    slot.result = Some(result);
                    slot.future = None;
                }
            }
            match slots.front().map(|slot| slot.result.is_some()) {
                Some(false) => Poll::Pending,
                _ => Poll::Ready(slots.pop_front()),
            }
        })
        .await
        else {
            break;
        };
        let result = front.result.expect("the front is ready");
        let result = result.map_err(|source| PipelineError::Process { line: front.line, source })?;
        unwritten.extend(result.bytes());
        unwritten.extend(front.ending.bytes());
        if unwritten.len() > 10_000 {
            file.write_all(&unwritten).await.map_err(could_not_write)?;
            unwritten.clear();
        }
        summary.lines += 1;
        summary.bytes_read += front.bytes as u64;
        summary.bytes_written += (result.len() + front.ending.len()) as u64;
        progress(&summary);
    }
    file.write_all(&unwritten).await.map_err(could_not_write)?;
    file.sync_all().await.map_err(could_not_write)?;
    drop(source);
    fs::rename(&temporary.0, output).await.map_err(could_not_write)?;
    Ok(summary)
}

/// A line in flight: first its future, then its result.
struct Slot<Fut> {
    line: u64,
    bytes: usize,
    ending: &'static str,
    future: Option<Pin<Box<Fut>>>,
    result: Option<Result<String, BoxError>>,
}

struct Source {
    file: File,
    /// What was read; before `start` it was handed out, and before `looked` there is no line feed.
    buffer: Vec<u8>,
    start: usize,
    looked: usize,
    line: u64,
    at_end: bool,
}

impl Source {
    async fn next(&mut self, max_line: usize) -> io::Result<Result<Option<(String, &'static str)>, PipelineError>> {
        let line = self.line + 1;
        let end = loop {
            if let Some(end) = self.buffer[self.looked..].iter().position(|byte| *byte == b'\n') {
                break self.looked + end + 1;
            }
            self.looked = self.buffer.len();
            if self.at_end {
                break self.looked;
            }
            // With one byte more, a carriage return could still become part of the ending.
            if self.looked - self.start > max_line.saturating_add(1) {
                return Ok(Err(PipelineError::LineTooLong { line }));
            }
            self.looked -= self.start;
            self.buffer.drain(..self.start);
            self.start = 0;
            let mut chunk = [0; 5000];
            let count = self.file.read(&mut chunk).await?;
            self.buffer.extend(&chunk[..count]);
            self.at_end = count == 0;
        };
        let whole = &self.buffer[self.start..end];
        if whole.is_empty() {
            return Ok(Ok(None));
        }
        let (text, ending) = if let Some(text) = whole.strip_suffix(b"\r\n") {
            (text, "\r\n")
        } else if let Some(text) = whole.strip_suffix(b"\n") {
            (text, "\n")
        } else {
            (whole, "")
        };
        let text = if text.len() > max_line {
            Err(PipelineError::LineTooLong { line })
        } else {
            std::str::from_utf8(text).map(str::to_owned).map_err(|_| PipelineError::NotUtf8 { line })
        };
        self.start = end;
        self.looked = end;
        self.line = line;
        Ok(text.map(|text| Some((text, ending))))
    }
}

/// A file that is gone when this is dropped, unless it was renamed.
struct Temporary(PathBuf);

impl Temporary {
    async fn beside(output: &Path) -> io::Result<Self> {
        let mut path = output.as_os_str().to_owned();
        loop {
            path.push("~");
            match File::create_new(&path).await {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => return file.map(|_| Self(path.into())),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
