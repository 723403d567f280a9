//! quest: 3
//! earns: 9
//! tries: a panic in a drop while another panic unwinds

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

struct Broken;

impl Drop for Broken {
    fn drop(&mut self) {
        panic!("the second");
    }
}

fn attack() {
    let _broken = Broken;
    panic!("the first");
}
