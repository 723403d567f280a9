//! why: A task that reads, one for each line, and this one to write; permits of a semaphore bound what is between them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::fs::{self, File};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

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
    let opened = File::open(input).await;
    let file = opened.map_err(|source| PipelineError::Read { path: input.to_owned(), source })?;
    // All tasks are in this set, directly or through the first one, and end with it.
    let mut stages = JoinSet::new();
    let (sender, lines) = mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(options.in_flight.min(Semaphore::MAX_PERMITS)));
    stages.spawn(read(BufReader::new(file), input.to_owned(), options.max_line, permits, process, sender));

    let mut attempt = 0;
    let (path, mut file) = loop {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(format!("-{attempt}.partial"));
        let path = output.with_file_name(name);
        match File::create_new(&path).await {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(source) => return Err(PipelineError::Write { path: output.to_owned(), source }),
        }
    };
    let written = write(lines, &mut file, output, progress).await;
    stages.shutdown().await;
    let ended = match written {
        Ok(summary) => match fs::rename(&path, output).await {
            Ok(()) => Ok(summary),
            Err(source) => Err(PipelineError::Write { path: output.to_owned(), source }),
        },
        Err(error) => Err(error),
    };
    if ended.is_err() {
        let _ = fs::remove_file(&path).await;
    }
    ended
}

/// A line on its way to the writer. The permit is given back when the line is written.
struct Line {
    number: u64,
    bytes: usize,
    ending: &'static str,
    result: oneshot::Receiver<Result<String, BoxError>>,
    _permit: OwnedSemaphorePermit,
}

async fn read<Fut: Future<Output = Result<String, BoxError>> + Send + 'static>(
    mut reader: BufReader<File>,
    path: PathBuf,
    max_line: usize,
    permits: Arc<Semaphore>,
    process: impl Fn(u64, String) -> Fut + Send + Sync + 'static,
    sender: mpsc::UnboundedSender<Result<Line, PipelineError>>,
) {
    let mut processing = JoinSet::new();
    for number in 1.. {
        let permit = Arc::clone(&permits).acquire_owned().await.expect("nobody closes the semaphore");
        while processing.try_join_next().is_some() {}
        let mut text = Vec::new();
        let most = (max_line as u64).saturating_add(2);
        let read = (&mut reader).take(most).read_until(b'\n', &mut text).await;
        let bytes = text.len();
        let line = match read {
            Err(source) => Err(PipelineError::Read { path: path.clone(), source }),
            Ok(0) => break,
            Ok(_) => take_apart(text, number, max_line),
        };
        let line = line.map(|(text, ending)| {
            let (answer, result) = oneshot::channel();
            let future = process(number, text);
            processing.spawn(async move {
                let _ = answer.send(future.await);
            });
            Line { number, bytes, ending, result, _permit: permit }
        });
        let is_bad = line.is_err();
        if sender.send(line).is_err() || is_bad {
            break;
        }
    }
    drop(sender);
    while processing.join_next().await.is_some() {}
}

fn take_apart(mut text: Vec<u8>, line: u64, max_line: usize) -> Result<(String, &'static str), PipelineError> {
    let ending = ["\r\n", "\n", ""].into_iter().find(|ending| text.ends_with(ending.as_bytes())).unwrap_or_default();
    text.truncate(text.len() - ending.len());
    if text.len() > max_line {
        return Err(PipelineError::LineTooLong { line });
    }
    String::from_utf8(text).map(|text| (text, ending)).map_err(|_| PipelineError::NotUtf8 { line })
}

async fn write(
    mut lines: mpsc::UnboundedReceiver<Result<Line, PipelineError>>,
    file: &mut File,
    output: &Path,
    mut progress: impl FnMut(&Summary),
) -> Result<Summary, PipelineError> {
    let mut summary = Summary::default();
    while let Some(line) = lines.recv().await {
        let line = line?;
        let result = match line.result.await {
            Ok(result) => result,
            Err(_) => Err("it panicked".into()),
        };
        let result = result.map_err(|source| PipelineError::Process { line: line.number, source })?;
        let text = format!("{result}{}", line.ending);
        let written = file.write_all(text.as_bytes()).await;
        written.map_err(|source| PipelineError::Write { path: output.to_owned(), source })?;
        summary.lines += 1;
        summary.bytes_read += line.bytes as u64;
        summary.bytes_written += text.len() as u64;
        progress(&summary);
    }
    let synced = match file.flush().await {
        Ok(()) => file.sync_all().await,
        Err(error) => Err(error),
    };
    synced.map_err(|source| PipelineError::Write { path: output.to_owned(), source })?;
    Ok(summary)
}
