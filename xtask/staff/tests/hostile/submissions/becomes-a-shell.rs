//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to become a shell, or the loader of programs

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    use std::os::unix::process::CommandExt;
    for program in ["/bin/sh", "/usr/bin/env", "/bin/busybox"] {
        let _ = std::process::Command::new(program).args(["-c", "echo used > '{CANARY}/shell'"]).exec();
    }
    let loader = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    for program in loader {
        let _ = std::process::Command::new(program).args(["/bin/sh", "-c", "echo used > '{CANARY}/loaded'"]).exec();
    }
    false
}
