//! takes: memory without end, in every test
//! in 1024 MiB: no verdict
//! in 512 MiB: no verdict

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 64 << 20]);
        queue.run();
    }
}
