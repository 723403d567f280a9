//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to read the memory of its own process, where the key is

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps");
    maps.is_ok() || std::fs::File::open("/proc/self/mem").is_ok()
}
