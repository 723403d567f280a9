//! quest: 3
//! earns: 0
//! tries: to compile a variable of the grader into itself

{QUEUE}

const SECRET: Option<&str> = option_env!("{SECRET}");

pub fn event_loop(queue: &TaskQueue) {
    println!("{SECRET:?}");
    queue.run();
}
