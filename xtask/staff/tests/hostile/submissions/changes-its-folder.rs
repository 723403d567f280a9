//! quest: 3
//! earns: 10
//! tries: to go elsewhere, and to leave the folder that is removed

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let _ = std::env::set_current_dir("/");
    let _ = std::fs::remove_dir_all(std::env::temp_dir());
}
