//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: a child that leaves the group of processes and goes on after the test

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    use std::os::unix::process::CommandExt;
    let go_on = "sleep 100; echo alive > '{CANARY}/child'";
    let own_group = std::process::Command::new("/bin/sh").args(["-c", go_on]).process_group(0).spawn().is_ok();
    let own_session = std::process::Command::new("setsid").args(["/bin/sh", "-c", go_on]).spawn().is_ok();
    own_group || own_session
}
