//! takes: memory of the compiler
//! in 1024 MiB: no verdict
//! in 512 MiB: no verdict

{QUEUE}

const LARGE: [u8; 3 << 30] = [1; 3 << 30];

pub fn event_loop(queue: &TaskQueue) {
    static LAST: u8 = LARGE[(3 << 30) - 1];
    assert_eq!(std::hint::black_box(LAST), 1);
    queue.run();
}
