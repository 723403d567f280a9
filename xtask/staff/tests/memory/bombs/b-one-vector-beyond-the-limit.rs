//! takes: more in one vector than any test may have
//! in 1024 MiB: 9
//! in 512 MiB: 9

{QUEUE}

/// In one test alone.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let held = vec![1_u8; 8 << 30];
    std::hint::black_box(&held);
}
