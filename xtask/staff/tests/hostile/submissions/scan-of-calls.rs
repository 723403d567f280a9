//! quest: 3
//! earns: 0
//! tries: macro calls in macro calls, for a scan that takes each to its end

{QUEUE}

macro_rules! a {
    () => {};
}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

{REPEAT 300000 a!(}
