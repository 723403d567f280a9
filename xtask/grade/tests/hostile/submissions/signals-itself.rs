//! quest: 3
//! earns: 9
//! tries: to end in a way that looks like another's doing, or like no end at all, through what safe code can reach

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
    let own = std::process::id().to_string();
    for signal in ["-KILL", "-STOP", "-TSTP", "-XCPU"] {
        let _ = std::process::Command::new("/bin/kill").args([signal, &own]).status();
    }
    let _ = std::process::Command::new("/bin/kill").args(["-KILL", &own]).exec();
    std::process::abort();
}
