//! quest: 3
//! earns: 0
//! tries: a manifest, a build script, a toolchain, a runner, tests, snapshots and git hooks of its own

#[derive(Clone, Default)]
pub struct TaskQueue;

impl TaskQueue {
    pub fn new() -> Self {
        Self
    }

    pub fn put(&self, _: impl FnOnce() + 'static) {}
}

pub fn event_loop(_: &TaskQueue) {}
