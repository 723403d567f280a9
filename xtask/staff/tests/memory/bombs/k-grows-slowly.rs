//! takes: memory little by little
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
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 1 << 20]);
        let mut work = 0_u64;
        for number in 0..20_000 {
            work = std::hint::black_box(work + number);
        }
    }
}
