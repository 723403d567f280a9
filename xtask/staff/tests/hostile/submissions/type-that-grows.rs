//! quest: 3
//! earns: 0
//! tries: a type that grows for ever

{QUEUE}

fn grow<T>(depth: u32, value: T) -> u32 {
    if depth == 0 { 0 } else { grow(depth - 1, (value, 1)) }
}

pub fn event_loop(queue: &TaskQueue) {
    println!("{}", grow(3, ()));
    queue.run();
}
