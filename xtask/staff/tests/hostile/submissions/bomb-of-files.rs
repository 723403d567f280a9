//! quest: 3
//! earns: 9
//! tries: large files without end

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let content = vec![1; 60 << 20];
    for number in 0.. {
        let _ = std::fs::write(std::env::temp_dir().join(format!("{MARK}-{number}")), &content);
    }
}
