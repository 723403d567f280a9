//! quest: 3
//! earns: 0
//! tries: to compile what is expected into itself, with a macro that has another name

{QUEUE}

use std::include_str as text;

const EXPECTED: &str = text!(r"{COURSE}/quest-03-queue/tests/snapshots/scenario.snap");

pub fn event_loop(queue: &TaskQueue) {
    println!("{EXPECTED}");
    queue.run();
}
