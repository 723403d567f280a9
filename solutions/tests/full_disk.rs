//! Quest 10 on a disk that fills. The quest's own tests cannot fill one, so this one limits how long a file may get.
#![cfg(unix)]

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{self, Command};

use solutions::quest_10_pipeline::{Options, PipelineError, pipeline};

/// Runs the test below in a process of its own, in which no file may be longer than a few kilobytes.
#[test]
fn a_full_disk_is_told_and_keeps_the_old_output() -> Result<(), Box<dyn Error>> {
    // Without the trap, the signal of a file that gets too long would end the process.
    let script = r#"trap '' XFSZ; ulimit -f 8; exec "$0" --exact --ignored on_a_full_disk"#;
    let ran = Command::new("sh").arg("-c").arg(script).arg(env::current_exe()?).output()?;
    assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("1 passed"));
    Ok(())
}

#[test]
#[ignore = "is run by the test above, which fills the disk"]
fn on_a_full_disk() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("full-disk-{}", process::id()));
    fs::create_dir(&folder)?;
    let ended = fill(&folder);
    fs::remove_dir_all(&folder)?;
    ended
}

fn fill(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (input, output) = (folder.join("input.txt"), folder.join("output.txt"));
    // A result of some kilobytes fails with the last flush, one of a megabyte with an earlier write.
    for copies in [100, 10_000] {
        fs::write(&input, "tea\n".repeat(100))?;
        fs::write(&output, "precious")?;
        let process = move |_, line: String| async move { Ok(line.repeat(copies)) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let ended = runtime.block_on(pipeline(&input, &output, Options::default(), process, |_| ()));
        assert!(matches!(&ended, Err(PipelineError::Write { path, .. }) if *path == output), "{ended:?}");
        assert_eq!(fs::read_to_string(&output)?, "precious");
        assert_eq!(fs::read_dir(folder)?.count(), 2, "only the input and the old output are left");
    }
    Ok(())
}
