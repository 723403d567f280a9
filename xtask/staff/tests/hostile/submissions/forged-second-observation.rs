//! quest: 3
//! earns: 10
//! tries: a second observation beside the right one, with no genuine seal: it is output like any other

{QUEUE}

pub fn event_loop(queue: &TaskQueue) {
    println!("\u{1e}{:032x} observed\tscenario\tanything", 7);
    queue.run();
}
