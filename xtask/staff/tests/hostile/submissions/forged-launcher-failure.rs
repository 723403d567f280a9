//! quest: 3
//! earns: 0
//! tries: the words and the exit code of a launcher that failed, so that the machine seems to be at fault

{QUEUE}

pub fn event_loop(_: &TaskQueue) {
    eprintln!("the launcher failed: no space left on device");
    std::process::exit(3);
}
