//! quest: 3
//! earns: 9
//! tries: to wait for the disk for ever, neither at work nor asleep

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::io::{Seek, Write};
    let mut file = std::fs::File::create(std::env::temp_dir().join("{MARK}")).unwrap();
    loop {
        let _ = file.rewind();
        let _ = file.write_all(b"x");
        let _ = file.sync_all();
    }
}
