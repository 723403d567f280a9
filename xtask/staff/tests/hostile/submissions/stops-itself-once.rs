//! quest: 3
//! earns: 10
//! tries: to stop itself by SIGSTOP; whoever lets it go on finds an honest program

{QUEUE}

{SYSTEM_CALLS}

pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        kill(19);
    }
    queue.run();
}
