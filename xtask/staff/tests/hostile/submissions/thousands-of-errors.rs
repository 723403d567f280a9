//! quest: 3
//! earns: 0
//! tries: ten thousand compile errors

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

fn errors() {
    {REPEAT 10000 x!();}
}
