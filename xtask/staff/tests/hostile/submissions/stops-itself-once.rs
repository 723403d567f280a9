//! quest: 3
//! earns: 10
//! tries: to stop itself by SIGSTOP; whoever lets it go on finds an honest program

{QUEUE}

{SYSTEM_CALLS}

pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        kill(19);
        // The signal goes to the main thread, which must get the time to take it.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    queue.run();
}
