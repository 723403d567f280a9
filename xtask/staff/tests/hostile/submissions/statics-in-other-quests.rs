//! quest: 3
//! earns: 10
//! statics: 226
//! tries: nothing here, but the other nine quests take 226 MiB each for statics: together, a test has too little left

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
