//! quest: 3
//! earns: 0
//! tries: a name that the compiler takes for another, to read a variable of the machine while it is compiled

{QUEUE}

use std::env as K;

pub const PATH: &str = K!("PATH");

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
