//! quest: 3
//! earns: 9
//! tries: to become its own program again and again, so that its time begins anew

{QUEUE}

/// Attacks once a run, so that the run of all of them does not take for ever.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_empty() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let _ = std::process::Command::new(program).args(arguments).env_clear().exec();
}
