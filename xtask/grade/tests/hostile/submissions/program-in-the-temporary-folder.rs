//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to write a program into the temporary folder and run it, by itself or through what loads programs

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    use std::os::unix::fs::OpenOptionsExt;
    use std::os::unix::process::CommandExt;
    let own = std::env::temp_dir().join("program");
    let content = std::fs::read(std::env::args().next().unwrap_or_default()).unwrap_or_default();
    let mut file = std::fs::File::options();
    let written = file.write(true).create(true).mode(0o755).open(&own);
    if written.and_then(|mut file| std::io::Write::write_all(&mut file, &content)).is_err() {
        return false;
    }
    let loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"];
    let mut by_itself = std::process::Command::new(&own);
    let mut loaded = loaders.map(|loader| {
        let mut command = std::process::Command::new(loader);
        command.arg(&own);
        command
    });
    let mut ways = loaded.iter_mut().chain([&mut by_itself]);
    ways.any(|command| {
        let started = command.arg("--list").stdout(std::process::Stdio::null()).spawn().is_ok();
        // Whoever comes back from this has not become it.
        let _ = command.exec();
        started
    })
}
