//! takes: small pieces without end
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
    loop {
        std::mem::forget(Box::new([1_u8; 1000]));
    }
}
