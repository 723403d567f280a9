//! quest: 3
//! earns: 10
//! tries: more warnings than anyone reads, so that what follows them is lost

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

{REPEAT 52000 use std::fmt as _;
}
