//! quest: 3
//! earns: 9
//! tries: one file that is larger than a file may be

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::io::Write;
    let mut file = std::fs::File::create(std::env::temp_dir().join("{MARK}")).unwrap();
    loop {
        let _ = file.write_all(&[1; 1 << 20]);
    }
}
