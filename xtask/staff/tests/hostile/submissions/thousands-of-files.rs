//! quest: 3
//! earns: 10
//! tries: ten thousand small files, left behind

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    for number in 0..10_000 {
        let _ = std::fs::write(std::env::temp_dir().join(format!("{MARK}-{number}")), "x");
    }
}
