//! Hides the visitors' addresses in a web server's log: `cargo run -p quest-10-pipeline -- INPUT OUTPUT`.
//!
//! Without arguments it shows the pipeline at work, in real time, on the log in this quest's folder. With
//! `--make MEGABYTES OUTPUT` it writes a large log to try it on.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

use quest_10_pipeline::{BoxError, Options, PipelineError, Summary, pipeline};
use timeline::{record, section};
use tokio::runtime::Builder;
use tokio::time;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let runtime = match Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let ended = match arguments.as_slice() {
        [] => runtime.block_on(demo()),
        [input, output] => runtime.block_on(anonymize(input, output)),
        [option, megabytes, output] if option.as_os_str() == "--make" => make(megabytes, output),
        _ => {
            eprintln!("usage: cargo run -p quest-10-pipeline -- INPUT OUTPUT");
            eprintln!("       cargo run -p quest-10-pipeline -- --make MEGABYTES OUTPUT");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

/// Prints an error with all its causes.
fn fail(error: &dyn Error) -> ExitCode {
    eprint!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    ExitCode::FAILURE
}

/// Writes the log of this quest to a new file, again and again, until it has the size.
fn make(megabytes: &Path, output: &Path) -> Result<(), BoxError> {
    let size =
        megabytes.to_str().and_then(|number| number.parse::<u64>().ok()).and_then(|size| size.checked_mul(1_000_000));
    let size = size.ok_or("--make takes a number of megabytes, such as 200")?;
    let log = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("access.log"))?;
    let could_not_write = |error| format!("could not write {}: {error}", output.display());
    let mut writer = BufWriter::new(File::create_new(output).map_err(could_not_write)?);
    let mut written = 0;
    while written < size {
        writer.write_all(&log).map_err(could_not_write)?;
        written += log.len() as u64;
    }
    writer.flush().map_err(could_not_write)?;
    println!("{}: {written} bytes", output.display());
    Ok(())
}

/// Copies a log without the addresses. Prints the progress on standard error, and a summary on standard output.
async fn anonymize(input: &Path, output: &Path) -> Result<(), BoxError> {
    let start = Instant::now();
    let total = fs::metadata(input).map(|metadata| metadata.len()).unwrap_or_default();
    let mut told = start;
    let progress = |summary: &Summary| {
        // The clock is not free: ten million lines ask for it ten million times.
        if summary.lines.is_multiple_of(1000) && told.elapsed() > Duration::from_millis(500) {
            told = Instant::now();
            tell(summary, total);
        }
    };
    let process = |_, line: String| async move { without_address(&line) };
    let ended = pipeline(input, output, Options::default(), process, progress).await;
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    let Summary { lines, bytes_read, bytes_written, .. } = ended?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{lines} lines, {bytes_read} bytes read, {bytes_written} bytes written, {seconds:.2} s");
    Ok(())
}

fn tell(summary: &Summary, total: u64) {
    let percent = (summary.bytes_read * 100).checked_div(total).map_or(100, |percent| percent.min(100));
    let text = format!("{percent:3} %  {} lines, {} MiB", summary.lines, summary.bytes_read >> 20);
    let mut stderr = io::stderr();
    // On a terminal the line replaces the one before. If it cannot be printed, the output is not affected.
    let _ = if stderr.is_terminal() { write!(stderr, "\r{text}\x1b[K") } else { writeln!(stderr, "{text}") };
}

/// Hides who sent a request: the last byte of an IPv4 address, all but the first 48 bits of an IPv6 address, a whole
/// name.
fn without_address(line: &str) -> Result<String, BoxError> {
    if line.is_empty() {
        return Ok(String::new());
    }
    let (client, request) = line.split_once(' ').ok_or("it has only one field, so it is no line of a log")?;
    let hidden = match client.parse() {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            IpAddr::from([a, b, c, 0]).to_string()
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            IpAddr::from([a, b, c, 0, 0, 0, 0, 0]).to_string()
        }
        Err(_) => "-".to_owned(),
    };
    Ok(format!("{hidden} {request}"))
}

/// The log of this quest, slowly, and then with a line that cannot be processed.
async fn demo() -> Result<(), BoxError> {
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("access.log");
    let output = env::temp_dir().join(format!("quest-10-demo-{}.log", std::process::id()));
    let ended = both_runs(&input, &output).await;
    // It may not be there; then an error has said why.
    let _ = fs::remove_file(&output);
    ended
}

async fn both_runs(input: &Path, output: &Path) -> Result<(), BoxError> {
    let options = || Options { in_flight: 3, max_line: 1000 };
    let written = |summary: &Summary| record(format!("Line {}", summary.lines), "written");

    section("The log of this quest, three lines in flight");
    let summary = pipeline(input, output, options(), slowly, written).await?;
    record("main", format!("{} lines are written", summary.lines));
    let before = fs::read_to_string(output)?;
    println!("\nThe output begins with:\n{}", before.lines().take(3).collect::<Vec<_>>().join("\n"));

    section("Line 4 fails");
    let fail_at_4 = |number, line| async move {
        if number == 4 { Err("the name server is down".into()) } else { slowly(number, line).await }
    };
    if let Err(error) = pipeline(input, output, options(), fail_at_4, written).await {
        let reason =
            if let PipelineError::Process { source, .. } = &error { source.to_string() } else { String::new() };
        record("main", format!("error: {error}: {reason}"));
    }
    let is_as_before = fs::read_to_string(output)? == before;
    record("main", if is_as_before { "the old output is untouched" } else { "the old output is lost" });
    Ok(())
}

/// `without_address`, as if it first had to ask a name server, which answers some questions sooner than others.
async fn slowly(number: u64, line: String) -> Result<String, BoxError> {
    record(format!("Line {number}"), "begins");
    let delays = [600, 300, 900];
    time::sleep(Duration::from_millis(delays[usize::try_from(number % 3)?])).await;
    record(format!("Line {number}"), "ends");
    without_address(&line)
}
