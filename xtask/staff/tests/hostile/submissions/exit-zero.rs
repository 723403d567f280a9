//! quest: 3
//! earns: 0
//! tries: `exit(0)` in the learner's function, so that the harness sees success

{QUEUE}

pub fn event_loop(_: &TaskQueue) {
    std::process::exit(0);
}
