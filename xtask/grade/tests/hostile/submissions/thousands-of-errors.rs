//! quest: 3
//! earns: 0
//! tries: tens of thousands of compile errors

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

fn errors() {
    {REPEAT 100000 x!();}
}
