//! quest: 3
//! earns: 10
//! tries: a constant that takes seconds to evaluate

{QUEUE}

const SUM: u64 = {
    let (mut sum, mut number) = (0, 0);
    #[allow(long_running_const_eval)]
    while number < 20_000_000 {
        sum += number;
        number += 1;
    }
    sum
};

pub fn event_loop(queue: &TaskQueue) {
    assert!(SUM > 0);
    queue.run();
}
