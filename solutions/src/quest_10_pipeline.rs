//! Quest 10: A pipeline of files.
//!
//! # Why it works
//!
//! The heart is one queue, `in_flight`: the lines that are read and not yet written, in their order. At the back, the
//! loop reads a line and starts its processing, as long as the queue is shorter than `options.in_flight`. At the
//! front, it waits for the oldest line and writes its result. Three promises follow from this shape alone.
//!
//! - *Order*: what leaves a queue leaves it in the order in which it came. A younger line that is done earlier waits
//!   in its place, as the result inside its task.
//! - *The bound*: nothing is read while the queue is full. So it needs memory for `in_flight` lines only, however long
//!   the file is. A fast reader cannot run away from a slow writer; this is backpressure, and it needs nothing else.
//! - *Concurrency*: every line in the queue is its own task, and runs while this function waits for the front.
//!
//! A line that is too long must be noticed before it is in memory. `take` gives `read_until` no more than the longest
//! line that is allowed, with the longest ending. Whatever has no ending after so many bytes is too long.
//!
//! The results go to a new file in the output's folder, and `rename` puts it in the output's place. A rename is one
//! step: a program that opens the output sees all of the old file or all of the new one. The order matters. *Flush*
//! first, since a buffer that is dropped takes its bytes along. Then *sync*, since the operating system may have said
//! "written" and still hold the bytes in memory: a full disk, or a power failure, would leave half a file under the
//! output's name. Only then the rename.
//!
//! `create_new` refuses a name that is taken. So no other program's file is overwritten, and two pipelines with the
//! same output do not write into one file.
//!
//! Both kinds of things that would outlive an error clean up in `Drop`: a `Task` aborts what it has started, and a
//! `NewFile` that was not put in its place is removed. `Drop` runs on every way out: at an error, at a panic, and when
//! this function's future is dropped halfway. A line of code before each `return` would miss the last two.
//!
//! # What goes wrong otherwise
//!
//! - *Results as they complete*: fast, and the output is shuffled.
//! - *Lines in chunks, all of a chunk awaited together*: each chunk takes as long as its slowest line, and nothing is
//!   read meanwhile.
//! - *A limit on what is processed, none on what waits to be written*: behind one slow line, all the rest of the file
//!   piles up.
//! - *`lines()`*: treats all endings alike. Windows files come out as Unix files, and a last line gets an
//!   ending.
//! - *`File::create(output)` at the start*: the first error leaves half a file where there was a whole one, and if the
//!   input is the output, nothing at all.
//! - *A dropped `JoinHandle`*: this detaches the task; it does not end it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::task::JoinHandle;

/// Any error of the code that processes a line.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How much the pipeline may hold at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many lines may have been read and not yet written.
    pub in_flight: usize,
    /// How many bytes a line may have, without its ending.
    pub max_line: usize,
}

impl Default for Options {
    /// 16 lines of up to 1 MiB.
    fn default() -> Self {
        Self { in_flight: 16, max_line: 1 << 20 }
    }
}

/// What has been written so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines.
    pub lines: u64,
    /// Bytes that these lines had in the input, with their endings.
    pub bytes_read: u64,
    /// Bytes that they have in the output, with their endings.
    pub bytes_written: u64,
}

/// Why there is no new output.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The input cannot be opened or read.
    #[error("could not read {}", path.display())]
    Read {
        /// The input, as the caller gave it.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The output cannot be created, written or moved into place.
    #[error("could not write {}", path.display())]
    Write {
        /// The output, as the caller gave it.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A line is not valid UTF-8.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// Counted from 1.
        line: u64,
    },
    /// A line has more than `max_line` bytes.
    #[error("line {line} is too long")]
    LineTooLong {
        /// Counted from 1.
        line: u64,
    },
    /// `process` has returned an error.
    #[error("could not process line {line}")]
    Process {
        /// Counted from 1.
        line: u64,
        /// The error that `process` has returned.
        source: BoxError,
    },
    /// With no line in flight, none can ever be processed.
    #[error("at least one line must be allowed in flight")]
    ZeroInFlight,
}

/// Reads `input` line by line, processes every line, and writes the results to `output`, in the order of the lines.
///
/// **Lines.** A line ends with `\n` or `\r\n`. `process` gets its number, counted from 1, and its text without the
/// ending. The result is written with the ending that the line had. The last line may have no ending. Blank lines count
/// as lines.
///
/// **In flight.** At any time, at most `options.in_flight` lines have been read and not yet written. As many lines as
/// that allows are processed at the same time. As soon as a line is written, the next one is read. `progress` is called
/// after each line that is written, with what has been written so far. Lines that are appended to the input meanwhile
/// may or may not be processed.
///
/// **All or nothing.** The results go to a new file in the folder of `output`, which replaces `output` at the end. So
/// after an error `output` is as it was before, or still missing. No other file is left behind, and no
/// other file is changed. `input` and `output` may be the same file.
///
/// **The end.** When this function has returned, or when its future is dropped, no future that `process` returned goes
/// on. If `process` panics, this function panics, or it returns `PipelineError::Process`.
///
/// # Errors
///
/// Each `PipelineError` says when it is returned. If several apply, any one of them may be returned.
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
    let mut progress = progress;
    let mut lines = Lines::open(input, options.max_line).await?;
    let mut results = NewFile::create(output).await.map_err(could_not_write)?;
    let mut in_flight = VecDeque::new();
    let mut summary = Summary::default();
    loop {
        while in_flight.len() < options.in_flight
            && let Some(line) = lines.next().await?
        {
            let task = Task(tokio::spawn(process(line.number, line.text)));
            in_flight.push_back((line.number, line.bytes, line.ending, task));
        }
        let Some((number, bytes, ending, task)) = in_flight.pop_front() else { break };
        let result = task.end().await.map_err(|source| PipelineError::Process { line: number, source })?;
        results.write(&result, ending).await.map_err(could_not_write)?;
        summary.lines += 1;
        summary.bytes_read += bytes;
        summary.bytes_written += (result.len() + ending.len()) as u64;
        progress(&summary);
    }
    // The input may be the output, and Windows does not replace an open file on every disk.
    drop(lines);
    results.put_in_place(output).await.map_err(could_not_write)?;
    Ok(summary)
}

/// How much is read or written at once. A trip to the disk costs a trip to another thread, so small buffers are slow.
const BUFFER: usize = 64 << 10;

/// The longest ending of a line, in bytes.
const LONGEST_ENDING: u64 = 2;

/// One line of the input.
struct Line {
    number: u64,
    text: String,
    ending: &'static str,
    /// With the ending.
    bytes: u64,
}

/// The lines of a file, read as they are asked for.
struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<File>,
    max_line: usize,
    number: u64,
    /// Once the end was seen it stays the end, even if the file has grown since.
    ended: bool,
}

impl<'a> Lines<'a> {
    async fn open(path: &'a Path, max_line: usize) -> Result<Self, PipelineError> {
        let file = File::open(path).await.map_err(|source| PipelineError::Read { path: path.to_owned(), source })?;
        Ok(Self { path, reader: BufReader::with_capacity(BUFFER, file), max_line, number: 0, ended: false })
    }

    async fn next(&mut self) -> Result<Option<Line>, PipelineError> {
        if self.ended {
            return Ok(None);
        }
        let most = (self.max_line as u64).saturating_add(LONGEST_ENDING);
        let mut text = Vec::new();
        (&mut self.reader)
            .take(most)
            .read_until(b'\n', &mut text)
            .await
            .map_err(|source| PipelineError::Read { path: self.path.to_owned(), source })?;
        self.ended = !text.ends_with(b"\n");
        if text.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let bytes = text.len() as u64;
        let ending = if text.ends_with(b"\r\n") {
            "\r\n"
        } else if text.ends_with(b"\n") {
            "\n"
        } else {
            ""
        };
        text.truncate(text.len() - ending.len());
        if text.len() > self.max_line {
            return Err(PipelineError::LineTooLong { line: self.number });
        }
        let text = String::from_utf8(text).map_err(|_| PipelineError::NotUtf8 { line: self.number })?;
        Ok(Some(Line { number: self.number, text, ending, bytes }))
    }
}

/// The processing of one line, which ends when this is dropped.
struct Task(JoinHandle<Result<String, BoxError>>);

impl Task {
    async fn end(mut self) -> Result<String, BoxError> {
        // A task that has panicked has no result: then the panic is the error of its line.
        (&mut self.0).await.unwrap_or_else(|error| Err(error.into()))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A new file, removed when it is dropped unless it was put in its place.
struct NewFile {
    path: PathBuf,
    writer: BufWriter<File>,
    in_place: bool,
}

impl NewFile {
    /// Makes a file with an unused name next to `output`: renaming does not work from one disk to another.
    async fn create(output: &Path) -> io::Result<Self> {
        let name = output.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no file name"))?;
        let mut attempt = 0_u32;
        loop {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{attempt}.tmp"));
            let path = output.with_file_name(hidden);
            match File::create_new(&path).await {
                Ok(file) => {
                    let writer = BufWriter::with_capacity(BUFFER, file);
                    return Ok(Self { path, writer, in_place: false });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn write(&mut self, text: &str, ending: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes()).await?;
        self.writer.write_all(ending.as_bytes()).await
    }

    async fn put_in_place(mut self, output: &Path) -> io::Result<()> {
        self.writer.flush().await?;
        self.writer.get_ref().sync_all().await?;
        fs::rename(&self.path, output).await?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.in_place {
            // If this fails, it cannot be reported: an error is already on its way to the caller.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
