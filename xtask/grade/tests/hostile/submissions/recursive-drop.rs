//! quest: 3
//! earns: 9
//! tries: a drop that calls itself until the stack is full

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

struct Link(Option<Box<Link>>);

fn attack() {
    let mut chain = Link(None);
    for _ in 0..1_000_000 {
        chain = Link(Some(Box::new(chain)));
    }
}
