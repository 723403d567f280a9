//! quest: 3
//! earns: 10
//! tries: more warnings than anyone reads, so that what follows them is lost

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

// Unused imports would not do: the course allows them.
{REPEAT 60000 const _:u8=(1);
}
