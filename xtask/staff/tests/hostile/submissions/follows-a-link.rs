//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to reach the canary through links in its own temporary folder

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let own = std::env::temp_dir();
    let linked = std::os::unix::fs::symlink("{CANARY}", own.join("link"));
    let hard = std::fs::hard_link("{CANARY}/canary", own.join("hard"));
    let here = std::fs::hard_link(std::env::args().next().unwrap_or_default(), own.join("program"));
    std::fs::write(own.join("link").join("canary"), "dead").is_ok()
        || std::fs::write(own.join("..").join("{MARK}"), "left").is_ok()
        || linked.is_ok()
        || hard.is_ok()
        || here.is_ok()
}
