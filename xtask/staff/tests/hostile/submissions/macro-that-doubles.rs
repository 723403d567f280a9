//! quest: 3
//! earns: 0
//! tries: a macro that doubles its words until the compiler has no memory left

{QUEUE}

macro_rules! double {
    ($($words:tt)*) => { double!($($words)* $($words)*) };
}

pub fn event_loop(queue: &TaskQueue) {
    double!(a b c d);
    queue.run();
}
