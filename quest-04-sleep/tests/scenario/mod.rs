//! Random tasks: their delays, what they do, what they put, and which of them panic.

use std::time::Duration;

use ::timeline::{record, thread};
use fastrand::Rng;
use quest_04_sleep::{TaskQueue, delayed_task, event_loop_blocking};

/// Runs the quest's loops on what the seed draws.
pub fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    run_blocking(&mut rng);
    for round in 1..=rng.u32(2..=3) {
        run_round(&mut rng, round);
        thread::sleep(delay(&mut rng));
    }
}

fn run_blocking(rng: &mut Rng) {
    let tasks = (1..=rng.u32(0..=4)).map(|index| delayed_task(delay(rng), &format!("Blocking {index}")));
    event_loop_blocking(tasks.collect());
    record("main", "ran in turn");
}

/// Puts some tasks, now and then with a pause in between, and runs the loop until the queue is empty.
fn run_round(rng: &mut Rng, round: u32) {
    let queue = TaskQueue::new();
    let mut total = 0;
    for index in 1..=rng.u32(1..=8) {
        let plan = Plan::draw(rng, format!("{round}.{index}"), 0);
        total += plan.count();
        plan.put(&queue.clone());
        if rng.u32(..4) == 0 {
            thread::sleep(delay(rng));
        }
    }
    // Each call ends with a panic or with an empty queue, so there is at most one call more than there are tasks.
    for _ in 0..=total {
        let outcome = super::run_and_catch(&queue);
        record("main", &outcome);
        if outcome == "the loop returned" {
            break;
        }
        if rng.bool() {
            thread::sleep(delay(rng));
        }
    }
}

/// Mostly one of a few round numbers, so that ties are common.
fn delay(rng: &mut Rng) -> Duration {
    let round = [0, 0, 10, 20, 20, 50, 100];
    let index = rng.usize(..round.len() + 2);
    Duration::from_millis(round.get(index).copied().unwrap_or_else(|| rng.u64(1..200)))
}

/// A task that has not been put yet.
struct Plan {
    name: String,
    delay: Duration,
    work: Duration,
    panics: bool,
    puts_first: bool,
    puts: Vec<Plan>,
}

impl Plan {
    fn draw(rng: &mut Rng, name: String, depth: u32) -> Self {
        let children = if depth < 3 { rng.u32(0..=3).saturating_sub(1 + depth / 2) } else { 0 };
        let puts = (1..=children).map(|index| Self::draw(rng, format!("{name}.{index}"), depth + 1)).collect();
        Self {
            name,
            delay: delay(rng),
            work: if rng.u32(..3) == 0 { delay(rng) } else { Duration::ZERO },
            panics: rng.u32(..8) == 0,
            puts_first: rng.bool(),
            puts,
        }
    }

    fn count(&self) -> u32 {
        1 + self.puts.iter().map(Self::count).sum::<u32>()
    }

    fn put(self, queue: &TaskQueue) {
        if self.puts.is_empty() && self.work.is_zero() && !self.panics {
            queue.put(delayed_task(self.delay, &self.name));
            return;
        }
        let handle = queue.clone();
        queue.put(super::after(self.delay, move || self.act(&handle)));
    }

    fn act(mut self, queue: &TaskQueue) {
        record(&self.name, "begins");
        let puts = std::mem::take(&mut self.puts);
        if !self.puts_first {
            thread::sleep(self.work);
        }
        puts.into_iter().for_each(|plan| plan.put(queue));
        if self.puts_first {
            thread::sleep(self.work);
        }
        assert!(!self.panics, "{} on purpose", self.name);
        record(&self.name, "ends");
    }
}
