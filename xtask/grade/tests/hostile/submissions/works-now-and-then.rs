//! quest: 3
//! earns: 9
//! tries: to work a little every second: too little to use up its time, too much to be asleep

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
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
