//! quest: 3
//! earns: 0
//! tries: to find the key in the buffer of standard input: `consume` wraps around in a std that was built without checks

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    use std::io::BufRead;
    (1..=64).any(|back: usize| {
        let mut stdin = std::io::stdin().lock();
        stdin.consume(back.wrapping_neg());
        stdin.fill_buf().is_ok_and(|left| left.iter().filter(|byte| byte.is_ascii_hexdigit()).count() >= 16)
    })
}
