//! Scoped threads, which may borrow since their scope waits for them.

use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use super::handle::Thread;
use super::spawn::{Builder, PendingSpawn, is_finished, wait_for_end};
use crate::context::{Context, SimThread};
use crate::location::SourceLocation;
use crate::scheduler::{SimThreadId, Simulation};

/// Runs `f`, and waits for all threads that it has spawned on its [`Scope`]; like [`std::thread::scope`].
///
/// In a simulation it also waits for the destructors of these threads' thread-locals. std does not promise that.
///
/// ```
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     let names = ["Task 1", "Task 2"];
///     let longest = thread::scope(|scope| {
///         let lengths: Vec<_> = names.iter().map(|name| scope.spawn(|| name.len())).collect();
///         lengths.into_iter().map(|length| length.join().expect("no thread panics")).max()
///     });
///     assert_eq!(longest, Some(6));
/// });
/// ```
///
/// # Panics
///
/// With the panic of `f`, and when a thread has panicked that nobody has joined.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let location = Location::caller();
    std::thread::scope(|real| {
        // `f` needs a reference that lives as long as 'scope, which only this closure's caller could own. Without
        // `unsafe`, leaking a few bytes per scope is the only way to get one.
        let scope: &Scope<'_, 'env> = Box::leak(Box::new(Scope { real, threads: Mutex::default() }));
        let outcome = catch_unwind(AssertUnwindSafe(|| f(scope)));
        if let Some(thread) = Context::sim_thread() {
            scope.wait_for_all(&thread, location);
        }
        outcome.unwrap_or_else(|payload| resume_unwind(payload))
    })
}

/// A scope to spawn threads in; like [`std::thread::Scope`].
pub struct Scope<'scope, 'env: 'scope> {
    real: &'scope std::thread::Scope<'scope, 'env>,
    /// The simulated threads of this scope. Threads of the scope can add more.
    threads: Mutex<Vec<SimThreadId>>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread in this scope.
    ///
    /// # Panics
    ///
    /// Like [`spawn`](super::spawn()).
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Builder::new().spawn_scoped(self, f).expect("failed to spawn thread")
    }

    /// Waits in virtual time, so that std's own wait afterwards is short.
    fn wait_for_all(&self, me: &SimThread, location: SourceLocation) {
        let mut waited_for = 0;
        while let Some(id) = self.thread(waited_for) {
            let waited = catch_unwind(AssertUnwindSafe(|| me.simulation.join(me.id, id, location)));
            if me.simulation.has_deadlocked() {
                // None of these threads will end by itself, and std waits for them.
                self.release(&me.simulation);
            }
            if let Err(payload) = waited {
                resume_unwind(payload);
            }
            waited_for += 1;
        }
    }

    fn thread(&self, index: usize) -> Option<SimThreadId> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).get(index).copied()
    }

    fn release(&self, simulation: &Simulation) {
        for id in self.threads.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            simulation.release(*id);
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

impl Builder {
    /// Starts a thread in a scope.
    ///
    /// # Errors
    ///
    /// When the operating system cannot start a thread.
    ///
    /// # Panics
    ///
    /// Like [`spawn`](super::spawn()), in a task of [`simulate_async`](crate::simulate_async).
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: &'scope Scope<'scope, '_>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        // Boxed, so that the rest is compiled once per `T` and not once per function.
        let f: Box<dyn FnOnce() -> T + Send + 'scope> = Box::new(f);
        let (f, pending) = PendingSpawn::wrap(f, self.name_for_reports());
        let spawned = self.into_real().spawn_scoped(scope.real, f);
        let (real, simulated) = PendingSpawn::launch(pending, spawned)?;
        if let Some((_, id)) = simulated {
            scope.threads.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        }
        let thread = Thread::new(real.thread().clone(), simulated.clone());
        Ok(ScopedJoinHandle { real, simulated, thread })
    }
}

/// Waits for the end of a scoped thread; like [`std::thread::ScopedJoinHandle`].
pub struct ScopedJoinHandle<'scope, T> {
    real: std::thread::ScopedJoinHandle<'scope, T>,
    simulated: Option<(Arc<Simulation>, SimThreadId)>,
    thread: Thread,
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread to end, and returns what its function returned.
    ///
    /// # Errors
    ///
    /// The payload of the thread's panic.
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        wait_for_end(self.simulated.as_ref(), Location::caller())?;
        self.real.join()
    }

    /// A handle to the thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether the thread has ended. If not, other threads go first before this says so.
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        is_finished(self.simulated.as_ref(), Location::caller()).unwrap_or_else(|| self.real.is_finished())
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}
