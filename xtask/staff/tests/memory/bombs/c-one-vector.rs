//! takes: a vector that a larger machine would give it
//! in 1024 MiB: no verdict
//! in 512 MiB: no verdict

{QUEUE}

/// In one test alone.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let held = vec![1_u8; 1500 << 20];
    std::hint::black_box(&held);
}
