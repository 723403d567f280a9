//! quest: 3
//! earns: 9
//! tries: a drop that calls itself until the stack is full

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
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
