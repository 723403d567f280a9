//! quest: 3
//! earns: 9
//! tries: folders in folders, deeper than any path may be long

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    std::env::set_current_dir(std::env::temp_dir()).unwrap();
    for _ in 0..20_000 {
        std::fs::create_dir("d").unwrap();
        std::env::set_current_dir("d").unwrap();
    }
    panic!("deep enough");
}
