//! caught by: tasks_run_in_the_order_they_were_put, putting_a_task_does_not_run_it, an_empty_queue_returns_and_the_loop_runs_again, clones_put_into_the_same_queue, what_a_task_puts_runs_after_what_was_queued, a_task_may_put_itself_100_000_times, a_panic_passes_through_the_loop, a_panic_leaves_the_rest_queued, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: Where does a task stay between `put` and its turn?

#[derive(Clone, Default)]
pub struct TaskQueue {}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, _: impl FnOnce() + 'static) {}
}

pub fn event_loop(_: &TaskQueue) {}
