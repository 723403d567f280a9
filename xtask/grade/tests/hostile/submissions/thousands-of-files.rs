//! quest: 3
//! earns: 10
//! tries: ten thousand small files, left behind

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    for number in 0..10_000 {
        let _ = std::fs::write(std::env::temp_dir().join(format!("{MARK}-{number}")), "x");
    }
}
