//! takes: address space without end, and never uses it
//! in 1024 MiB: 10
//! in 512 MiB: 10

{QUEUE}

/// In one test alone.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let mut held = Vec::new();
    loop {
        let mut next: Vec<u8> = Vec::new();
        if next.try_reserve_exact(64 << 20).is_err() {
            return;
        }
        held.push(next);
    }
}
