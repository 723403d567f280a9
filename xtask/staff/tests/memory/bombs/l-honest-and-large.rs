//! takes: as much as there is in the smallest container, and gives it back
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
    let held = vec![1_u8; 150 << 20];
    assert_eq!(held[std::hint::black_box(7)], 1);
}
