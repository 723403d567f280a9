//! takes: memory of the compiler, which holds every static before the test does
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
    LARGE.lock().unwrap().fill(1);
}

static LARGE: ::std::sync::Mutex<[u8; 1500 << 20]> = ::std::sync::Mutex::new([0; 1500 << 20]);
