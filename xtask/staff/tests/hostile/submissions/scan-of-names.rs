//! quest: 3
//! earns: 0
//! tries: names for names for names, in the order in which a scan finds one a round

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}

{CHAIN}
