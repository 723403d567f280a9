//! quest: 3
//! earns: 10
//! tries: a program of hundreds of megabytes

{QUEUE}

static LARGE: [u8; 200 << 20] = [1; 200 << 20];

pub fn event_loop(queue: &TaskQueue) {
    assert_eq!(LARGE[std::hint::black_box(12)], 1);
    queue.run();
}
