//! quest: 3
//! earns: 10
//! tries: folders and files that nobody may open, left behind

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let locked = std::env::temp_dir().join("{MARK}");
    let _ = std::fs::create_dir(&locked);
    let _ = std::fs::create_dir(locked.join("inner"));
    let _ = std::fs::DirBuilder::new().mode(0).create(locked.join("closed"));
    let _ = std::fs::File::options().write(true).create(true).mode(0).open(locked.join("file"));
}
