//! quest: 3
//! earns: 10
//! tries: a thread that outlives the test and goes on printing

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    std::thread::spawn(|| {
        loop {
            println!("still here");
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
    });
}
