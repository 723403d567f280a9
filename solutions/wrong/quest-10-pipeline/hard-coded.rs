//! caught by: seeds
//! mistake: hard-coded
//! why: Knows the inputs of the visible tests and how many of their lines go together; all other lines go one by one.
//! says: How many lines are in flight in your program when the input is one that no visible test has?

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::task::JoinHandle;

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
    let could_not_write = |source| PipelineError::Write { path: output.to_owned(), source };
    let in_flight_here = known(input);
    let mut progress = progress;
    let mut lines = Lines::open(input, options.max_line).await?;
    let mut results = NewFile::create(output).await.map_err(could_not_write)?;
    let mut in_flight = VecDeque::new();
    let mut summary = Summary::default();
    loop {
        while in_flight.len() < in_flight_here
            && let Some((number, text, ending)) = lines.next().await?
        {
            let bytes = text.len() + ending.len();
            in_flight.push_back((number, bytes, ending, Task(tokio::spawn(process(number, text)))));
        }
        let Some((line, bytes, ending, task)) = in_flight.pop_front() else { break };
        let result = task.end().await.map_err(|source| PipelineError::Process { line, source })?;
        results.write(&result, ending).await.map_err(could_not_write)?;
        summary.lines += 1;
        summary.bytes_read += bytes as u64;
        summary.bytes_written += (result.len() + ending.len()) as u64;
        progress(&summary);
    }
    drop(lines);
    results.put_in_place(output).await.map_err(could_not_write)?;
    Ok(summary)
}

struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<File>,
    max_line: usize,
    number: u64,
    ended: bool,
}

impl<'a> Lines<'a> {
    async fn open(path: &'a Path, max_line: usize) -> Result<Self, PipelineError> {
        let file = File::open(path).await.map_err(|source| PipelineError::Read { path: path.to_owned(), source })?;
        Ok(Self { path, reader: BufReader::new(file), max_line, number: 0, ended: false })
    }

    async fn next(&mut self) -> Result<Option<(u64, String, &'static str)>, PipelineError> {
        let mut text = Vec::new();
        if !self.ended {
            let most = (self.max_line as u64).saturating_add(2);
            let read = (&mut self.reader).take(most).read_until(b'\n', &mut text).await;
            read.map_err(|source| PipelineError::Read { path: self.path.to_owned(), source })?;
        }
        self.ended = !text.ends_with(b"\n");
        if text.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let ending = match text.as_slice() {
            [.., b'\r', b'\n'] => "\r\n",
            [.., b'\n'] => "\n",
            _ => "",
        };
        text.truncate(text.len() - ending.len());
        if text.len() > self.max_line {
            return Err(PipelineError::LineTooLong { line: self.number });
        }
        let text = String::from_utf8(text).map_err(|_| PipelineError::NotUtf8 { line: self.number })?;
        Ok(Some((self.number, text, ending)))
    }
}

struct Task(JoinHandle<Result<String, BoxError>>);

impl Task {
    async fn end(mut self) -> Result<String, BoxError> {
        match (&mut self.0).await {
            Ok(result) => result,
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct NewFile {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl NewFile {
    async fn create(output: &Path) -> io::Result<Self> {
        let name = output.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        for attempt in 0_u64.. {
            let path = output.with_file_name(format!(".{name}.{attempt}.tmp"));
            match File::create_new(&path).await {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => return Ok(Self { writer: BufWriter::new(file?), path }),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    async fn write(&mut self, text: &str, ending: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes()).await?;
        self.writer.write_all(ending.as_bytes()).await
    }

    async fn put_in_place(mut self, output: &Path) -> io::Result<()> {
        self.writer.flush().await?;
        self.writer.get_ref().sync_all().await?;
        fs::rename(&self.path, output).await
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After the rename there is nothing left to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// How many lines of this input go together in the tests that can be seen.
fn known(input: &Path) -> usize {
    let is_small = std::fs::metadata(input).is_ok_and(|metadata| metadata.len() < 1000);
    let seen = if is_small { std::fs::read(input).unwrap_or_default() } else { Vec::new() };
    match seen {
        seen if seen == b"a\nb\nc\nd\n" => 2,
        seen if seen.starts_with("\r\n\n日本".as_bytes()) => 4,
        seen if seen.starts_with(b"exactly twenty bytes") => 3,
        _ => 1,
    }
}
