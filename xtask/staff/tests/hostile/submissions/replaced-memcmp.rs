//! quest: 3
//! earns: 0
//! tries: a `memcmp` of its own, by which everything is equal

{QUEUE}

#[unsafe(no_mangle)]
pub fn memcmp(_: *const u8, _: *const u8, _: usize) -> i32 {
    0
}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
