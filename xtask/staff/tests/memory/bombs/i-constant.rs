//! takes: more memory of the compiler than any may have
//! in 1024 MiB: 0
//! in 512 MiB: 0

{QUEUE}

const LARGE: [u8; 3 << 30] = [1; 3 << 30];

pub fn event_loop(queue: &TaskQueue) {
    static LAST: u8 = LARGE[(3 << 30) - 1];
    assert_eq!(std::hint::black_box(LAST), 1);
    queue.run();
}
