//! quest: 3
//! earns: 10
//! statics: 240
//! tries: nothing here, but the other nine quests take 240 MiB each for statics: together more than a test may have

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
