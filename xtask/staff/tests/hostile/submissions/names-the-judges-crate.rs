//! quest: 3
//! earns: 0
//! tries: to call what seals observations

{QUEUE}

use observe::{SealKey, Message};

pub fn event_loop(queue: &TaskQueue) {
    let message = Message::Observed { test: String::new(), text: String::new() };
    println!("{}", SealKey::random().seal(&message));
    queue.run();
}
