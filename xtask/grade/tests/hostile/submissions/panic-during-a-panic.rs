//! quest: 3
//! earns: 9
//! tries: a panic in a drop while another panic unwinds

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
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
