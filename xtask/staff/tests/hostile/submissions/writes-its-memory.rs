//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to write into the memory of its own process

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    ["/proc/self/mem", "/proc/thread-self/mem"]
        .iter()
        .any(|path| std::fs::File::options().read(true).write(true).open(path).is_ok())
}
