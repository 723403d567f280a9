//! quest: 3
//! earns: 0
//! tries: `abort`, before anything can be observed

{QUEUE}

pub fn event_loop(_: &TaskQueue) {
    std::process::abort();
}
