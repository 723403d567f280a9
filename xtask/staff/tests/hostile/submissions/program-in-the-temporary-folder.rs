//! quest: 3
//! earns: 10
//! needs: sandbox
//! tries: to write a program into the temporary folder and become it, by itself or through what loads programs

{QUEUE}

/// Attacks in one test alone: where the attack succeeds, nothing is observed there, and its points are missing.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    use std::os::unix::process::CommandExt;
    let own = std::env::temp_dir().join("program");
    let content = std::fs::read(std::env::args().next().unwrap_or_default()).unwrap_or_default();
    let mut file = std::fs::File::options().write(true).create(true).mode(0o755).open(&own).unwrap();
    file.write_all(&content).unwrap();
    drop(file);
    for loader in ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"] {
        let _ = std::process::Command::new(loader).arg(&own).arg("--list").exec();
    }
    let _ = std::process::Command::new(&own).arg("--list").exec();
}
