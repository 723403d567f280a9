//! A temporary folder for one pipeline, and what a test records about it: never a path, since that differs from run to
//! run.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use ::timeline::record;
use quest_10_pipeline::{BoxError, Options, PipelineError, Summary, pipeline};

/// A new folder inside the system's temporary folder. It is removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("quest-10-{}-{count}", process::id()));
            // A process that was killed may have left a folder of this name.
            if fs::create_dir(&path).is_ok() {
                return Self(path);
            }
            assert!(count < 10_000, "no folder can be made in {}", std::env::temp_dir().display());
        }
    }

    /// A folder with an `input.txt`.
    pub fn of(input: impl AsRef<[u8]>) -> Self {
        Self::new().with("input.txt", input)
    }

    /// Adds a file.
    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("a test can write into its folder");
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs the pipeline from `input.txt` to `output.txt`, and records each line when it is written.
    pub async fn run<Fut: Future<Output = Result<String, BoxError>> + Send + 'static>(
        &self,
        in_flight: usize,
        process: impl Fn(u64, String) -> Fut + Send + Sync + 'static,
    ) -> String {
        let written = |summary: &Summary| record(format!("Line {}", summary.lines), "written");
        self.run_quietly(Options { in_flight, max_line: usize::MAX }, process, written).await
    }

    /// Runs the pipeline from `input.txt` to `output.txt`.
    pub async fn run_quietly<Fut: Future<Output = Result<String, BoxError>> + Send + 'static>(
        &self,
        options: Options,
        process: impl Fn(u64, String) -> Fut + Send + Sync + 'static,
        progress: impl FnMut(&Summary),
    ) -> String {
        let (input, output) = (self.path("input.txt"), self.path("output.txt"));
        let ended = patient(pipeline(&input, &output, options, process, progress)).await;
        how(&ended, &input, &output)
    }

    /// Records what a file holds, line by line.
    pub fn show(&self, name: &str) {
        match fs::read(self.path(name)) {
            Err(_) => record(name, "(missing)"),
            Ok(bytes) if bytes.is_empty() => record(name, "(empty)"),
            Ok(bytes) => {
                String::from_utf8_lossy(&bytes).split_inclusive('\n').for_each(|line| record(name, line));
            }
        }
    }

    /// The names of all files, in order.
    pub fn names(&self) -> Vec<String> {
        let files = fs::read_dir(&self.0).expect("a test can read its folder");
        let mut names: Vec<_> = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// How many bytes the other files hold.
    pub fn bytes_beside(&self, name: &str) -> u64 {
        let others = self.names().into_iter().filter(|other| other != name);
        others.filter_map(|other| fs::metadata(self.path(&other)).ok()).map(|metadata| metadata.len()).sum()
    }

    /// Records the names of all files.
    pub fn show_names(&self) {
        let names = self.names().join(", ");
        record("folder", if names.is_empty() { "(no files)" } else { &names });
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How a pipeline has ended, without a path and without words of the operating system.
pub fn how(ended: &Result<Summary, PipelineError>, input: &Path, output: &Path) -> String {
    let which = |path: &PathBuf| match path {
        path if path == input => "the input",
        path if path == output => "the output",
        _ => "another path",
    };
    match ended {
        Ok(summary) => {
            let Summary { lines, bytes_read, bytes_written, .. } = summary;
            format!("{lines} lines, {bytes_read} to {bytes_written} B")
        }
        Err(PipelineError::Read { path, .. }) => format!("Read: {}", which(path)),
        Err(PipelineError::Write { path, .. }) => format!("Write: {}", which(path)),
        Err(PipelineError::NotUtf8 { line, .. }) => format!("NotUtf8: line {line}"),
        Err(PipelineError::LineTooLong { line, .. }) => format!("LineTooLong: line {line}"),
        Err(PipelineError::Process { line, source, .. }) => format!("Process: line {line}, {source}"),
        Err(PipelineError::ZeroInFlight) => "ZeroInFlight".to_owned(),
    }
}

/// Limits how often a future is polled, so that one that keeps asking fails, and says why.
pub async fn patient<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        polls += 1;
        assert!(
            polls < 10_000,
            "the pipeline was polled 10 000 times: it must wait to be woken, not ask again and again"
        );
        future.as_mut().poll(context)
    })
    .await
}

/// Catches a panic of the future, if it lets one through.
pub async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}
