//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to start its own program again and again

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    (0..4).any(|_| std::process::Command::new(&program).args(std::env::args().skip(1)).spawn().is_ok())
}
