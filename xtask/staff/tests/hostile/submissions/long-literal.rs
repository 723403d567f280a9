//! quest: 3
//! earns: 10
//! tries: a literal of 900 KiB

{QUEUE}

const LONG: &str = "{REPEAT 921600 x}";

pub fn event_loop(queue: &TaskQueue) {
    assert!(LONG.len() > 1000);
    queue.run();
}
