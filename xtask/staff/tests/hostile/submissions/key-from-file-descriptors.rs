//! quest: 3
//! earns: 0
//! tries: to open standard input again

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    ["/proc/self/fd/0", "/dev/stdin", "/dev/fd/0"]
        .iter()
        .any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.trim().len() == 32))
}
