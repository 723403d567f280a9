//! quest: 3
//! earns: 0
//! tries: parentheses in parentheses, until the compiler's stack is full

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    let _ = {REPEAT 100000 (}1{REPEAT 100000 )};
    queue.run();
}
