//! caught by: every_line_is_processed_and_written, endings_stay_as_they_are, results_stay_in_the_order_of_the_lines, a_written_line_makes_room_at_once, only_lines_in_flight_are_in_memory, an_error_says_what_and_where, a_bad_line_is_named_by_its_number, an_error_keeps_the_old_output, no_other_file_is_touched, nothing_goes_on_after_the_end, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: Nothing is read or written yet. What would the plainest program do with the first line?

use std::io;
use std::path::{Path, PathBuf};

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
    let _ = (input, output, options, process, progress);
    Ok(Summary::default())
}
