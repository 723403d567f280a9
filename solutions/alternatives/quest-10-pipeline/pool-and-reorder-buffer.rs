//! why: A pool of tasks, and a reorder buffer for what is ready before its turn; blocking files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};

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
    let temporary = free_name(output).map_err(|source| PipelineError::Write { path: output.to_owned(), source })?;
    let ended = fill(input, &temporary, output, options, process, progress).await;
    if ended.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    ended
}

async fn fill<Fut: Future<Output = Result<String, BoxError>> + Send + 'static>(
    input: &Path,
    temporary: &Path,
    output: &Path,
    options: Options,
    process: impl Fn(u64, String) -> Fut,
    mut progress: impl FnMut(&Summary),
) -> Result<Summary, PipelineError> {
    let could_not_read = |source| PipelineError::Read { path: input.to_owned(), source };
    let could_not_write = |source| PipelineError::Write { path: output.to_owned(), source };
    let mut reader = BufReader::new(File::open(input).map_err(could_not_read)?);
    let mut writer = BufWriter::new(File::create(temporary).map_err(could_not_write)?);
    let mut pool = JoinSet::new();
    let mut ready = BTreeMap::new();
    let mut summary = Summary::default();
    let mut read = 0;
    let mut at_end = false;
    loop {
        while !at_end && (read - summary.lines) < options.in_flight as u64 {
            match next_line(&mut reader, options.max_line, read + 1).map_err(could_not_read)?? {
                None => at_end = true,
                Some((text, ending)) => {
                    read += 1;
                    let (number, bytes) = (read, text.len() + ending.len());
                    let processing = process(number, text);
                    pool.spawn(async move { (number, bytes, ending, processing.await) });
                }
            }
        }
        match pool.join_next().await {
            None => break,
            Some(Err(error)) => resume_unwind(error.into_panic()),
            Some(Ok((line, _, _, Err(source)))) => return Err(PipelineError::Process { line, source }),
            Some(Ok((line, bytes, ending, Ok(result)))) => ready.insert(line, (bytes, ending, result)),
        };
        while let Some((bytes, ending, result)) = ready.remove(&(summary.lines + 1)) {
            write!(writer, "{result}{ending}").map_err(could_not_write)?;
            summary.lines += 1;
            summary.bytes_read += bytes as u64;
            summary.bytes_written += (result.len() + ending.len()) as u64;
            progress(&summary);
        }
    }
    drop(reader);
    let file = writer.into_inner().map_err(|error| could_not_write(error.into_error()))?;
    file.sync_all().and_then(|()| fs::rename(temporary, output)).map_err(could_not_write)?;
    Ok(summary)
}

type Line = (String, &'static str);

fn next_line(
    reader: &mut BufReader<File>,
    max_line: usize,
    line: u64,
) -> io::Result<Result<Option<Line>, PipelineError>> {
    let mut text = Vec::new();
    reader.take((max_line as u64).saturating_add(2)).read_until(b'\n', &mut text)?;
    if text.is_empty() {
        return Ok(Ok(None));
    }
    let mut ending = "";
    if text.last() == Some(&b'\n') {
        text.pop();
        ending = "\n";
        if text.last() == Some(&b'\r') {
            text.pop();
            ending = "\r\n";
        }
    }
    if text.len() > max_line {
        return Ok(Err(PipelineError::LineTooLong { line }));
    }
    let text = String::from_utf8(text).map_err(|_| PipelineError::NotUtf8 { line });
    Ok(text.map(|text| Some((text, ending))))
}

/// A name beside the output that no file has. It is taken at once.
fn free_name(output: &Path) -> io::Result<PathBuf> {
    let folder = output.parent().unwrap_or(Path::new(""));
    let mut number = std::process::id();
    loop {
        let name = folder.join(format!("pipeline-{number}.tmp"));
        match File::create_new(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.wrapping_add(1),
            Err(error) => return Err(error),
            Ok(_) => return Ok(name),
        }
    }
}
