//! quest: 3
//! earns: 0
//! tries: attributes in attributes, for a scan that takes each to its end

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

{REPEAT 60000 #[cfg_attr(}
