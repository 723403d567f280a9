//! quest: 3
//! earns: 0
//! tries: `unsafe` out of the hands of a macro, where lints are allowed

{QUEUE}

#![allow(unsafe_code)]

macro_rules! hidden {
    ($word:tt) => { $word { std::hint::assert_unchecked(true) } };
}

pub fn event_loop(queue: &TaskQueue) {
    hidden!(unsafe);
    queue.run();
}
