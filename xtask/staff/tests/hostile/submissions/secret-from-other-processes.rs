//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to read the environment and the command line of every process

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let parent = std::os::unix::process::parent_id();
    ["environ", "cmdline", "maps"].iter().any(|name| std::fs::read(format!("/proc/{parent}/{name}")).is_ok())
        || std::fs::read_dir("/proc").is_ok()
}
