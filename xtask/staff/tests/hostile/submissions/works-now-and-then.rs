//! quest: 3
//! earns: 9
//! tries: to work a little every second: too little to use up its time, too much to be asleep

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::time::{Duration, Instant};
    loop {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(25) {}
        std::thread::sleep(Duration::from_millis(975));
    }
}
