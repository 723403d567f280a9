//! quest: 3
//! earns: 0
//! tries: a name with an accent, written in two ways, to read a variable of the machine while it is compiled

{QUEUE}

use std::env as café;

pub const PATH: &str = café!("PATH");

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
