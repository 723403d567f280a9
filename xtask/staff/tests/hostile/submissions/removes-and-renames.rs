//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to remove and rename files that are not its own

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let own = std::env::temp_dir();
    std::fs::remove_file("{CANARY}/canary").is_ok()
        || std::fs::rename("{CANARY}/canary", "{CANARY}/renamed").is_ok()
        || std::fs::rename("{CANARY}/canary", own.join("canary")).is_ok()
        || std::fs::rename("{CANARY}/nest", own.join("nest")).is_ok()
        || std::fs::remove_dir_all("{CANARY}").is_ok()
        || std::fs::rename(&own, "{CANARY}/folder").is_ok()
        || std::fs::remove_dir_all("{COURSE}/target/grade/store").is_ok()
}
