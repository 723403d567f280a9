//! caught by: event_loop_blocking_takes_the_sum, the_shorter_delay_runs_first, delays_count_from_put, equal_deadlines_run_in_the_order_of_put, the_loop_runs_again_through_any_clone, a_task_puts_one_that_is_due_before_the_others, overdue_tasks_run_late_in_deadline_order, zero_delays_do_not_starve_a_due_timer, the_loop_sleeps_once_until_the_next_deadline, a_panic_leaves_the_rest_queued, scenario
//! mistake: does-nothing
//! why: Does nothing at all; every test must notice.
//! says: What must the queue remember about a task so that it can run at the right time?

use std::time::Duration;

pub struct DelayedTask {
    pub delay: Duration,
    pub action: Box<dyn FnOnce()>,
}

pub fn delayed_task(delay: Duration, _: &str) -> DelayedTask {
    DelayedTask { delay, action: Box::new(|| ()) }
}

pub fn event_loop_blocking(_: Vec<DelayedTask>) {}

#[derive(Clone, Default)]
pub struct TaskQueue {}

impl TaskQueue {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn put(&self, _: DelayedTask) {}
}

pub fn event_loop(_: &TaskQueue) {}
