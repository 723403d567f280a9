//! quest: 3
//! earns: 9
//! tries: terminal escapes, scripts and formulas, in output, events and panics

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let nasty = "=1+1 \u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m<script>hostile()</script></pre>\u{202e}\0\u{1e}]]>\r\n\"'&amp;";
    println!("{nasty}");
    eprintln!("{nasty}");
    timeline::record(nasty, nasty);
    panic!("{nasty}");
}
