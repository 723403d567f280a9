//! takes: the stacks of leaked threads
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
        std::thread::spawn(|| {
            let stack = [1_u8; 1900 << 10];
            std::hint::black_box(&stack);
            loop {
                std::thread::park();
            }
        });
    }
}
