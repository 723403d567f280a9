//! quest: 3
//! earns: 10
//! tries: a thread that outlives the test and goes on printing

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
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
