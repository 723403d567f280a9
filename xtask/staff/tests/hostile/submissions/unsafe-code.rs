//! quest: 3
//! earns: 0
//! tries: `unsafe`

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    unsafe { std::hint::assert_unchecked(true) };
    queue.run();
}
