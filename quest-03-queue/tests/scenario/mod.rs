//! Tasks that put tasks, and tasks that panic, drawn from a seed.

use ::timeline::{Timeline, record, simulate};
use fastrand::Rng;
use quest_03_queue::TaskQueue;

use super::run_and_catch;

/// How deeply tasks may put tasks.
const DEPTH: usize = 3;

pub fn run() -> Timeline {
    let mut rng = Rng::with_seed(observe::seed());
    simulate(|| {
        let queue = TaskQueue::new();
        for round in 1..=2 {
            for number in 1..=rng.usize(3..=9) {
                Plan::draw(format!("{round}.{number}"), DEPTH, &mut rng).put(&queue);
            }
            record("main", "runs the loop");
            // A loop that always panics must not be called forever.
            for _ in 0..100 {
                let ended = run_and_catch(&queue);
                record("main", &ended);
                if ended == "the loop returned" {
                    break;
                }
                if rng.bool() {
                    Plan::draw(format!("{round}.late"), 1, &mut rng).put(&queue);
                }
            }
        }
    })
}

/// What a task will do.
struct Plan {
    name: String,
    /// The tasks that it puts.
    children: Vec<Plan>,
    /// After how many of them it panics, if it does.
    panics_after: Option<usize>,
}

impl Plan {
    fn draw(name: String, depth: usize, rng: &mut Rng) -> Self {
        let count = if depth > 1 && rng.bool() { rng.usize(1..=3) } else { 0 };
        let children: Vec<_> =
            (1..=count).map(|number| Self::draw(format!("{name}.{number}"), depth - 1, rng)).collect();
        let panics_after = (rng.u32(..8) == 0).then(|| rng.usize(..=count));
        Self { name, children, panics_after }
    }

    fn put(self, queue: &TaskQueue) {
        let handle = queue.clone();
        queue.put(move || {
            record(format!("Task {}", self.name), format!("puts {}", self.children.len()));
            for (index, child) in self.children.into_iter().enumerate() {
                assert!(self.panics_after != Some(index), "on purpose");
                child.put(&handle);
            }
            assert!(self.panics_after.is_none(), "on purpose");
        });
    }
}
