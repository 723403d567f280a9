//! Spawning threads, and waiting for their end.

use std::panic::Location;
use std::sync::Arc;
use std::{fmt, io};

use super::exit;
use super::handle::Thread;
use crate::context::{self, Context, SimThread};
use crate::exiting::MarkExiting;
use crate::location::SourceLocation;
use crate::scheduler::{SimThreadId, Simulation};

/// Spawns a thread, as [`std::thread::spawn`] does.
///
/// ```
/// use timeline::{simulate, thread};
///
/// simulate(|| {
///     let sum = thread::spawn(|| 1 + 2).join().expect("the thread does not panic");
///     assert_eq!(sum, 3);
/// });
/// ```
///
/// # Panics
///
/// When the operating system cannot start a thread, and in a task of [`simulate_async`](crate::simulate_async) outside
/// [`simulate`](crate::simulate).
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(f).expect("failed to spawn thread")
}

/// Configures a new thread; like [`std::thread::Builder`].
#[derive(Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A thread without a name and with the default stack size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the thread.
    pub fn name(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    /// The size of the thread's stack, in bytes.
    pub fn stack_size(self, size: usize) -> Self {
        Self { stack_size: Some(size), ..self }
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the operating system cannot start a thread.
    ///
    /// # Panics
    ///
    /// Like [`spawn`], in a task of [`simulate_async`](crate::simulate_async).
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.spawn_boxed(Box::new(f))
    }

    /// Takes a box, so that it is compiled once per `T` and not once per function.
    fn spawn_boxed<T: Send + 'static>(self, f: Box<dyn FnOnce() -> T + Send>) -> io::Result<JoinHandle<T>> {
        let (f, pending) = PendingSpawn::wrap(f, self.name.clone());
        let spawned = self.into_real().spawn(f);
        let (real, simulated) = PendingSpawn::launch(pending, spawned)?;
        let thread = Thread::new(real.thread().clone(), simulated.clone());
        Ok(JoinHandle { real, simulated, thread })
    }

    pub(super) fn into_real(self) -> std::thread::Builder {
        let mut real = std::thread::Builder::new();
        if let Some(name) = self.name {
            real = real.name(name);
        }
        if let Some(size) = self.stack_size {
            real = real.stack_size(size);
        }
        real
    }

    pub(super) fn name_for_reports(&self) -> Option<String> {
        self.name.clone()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, stack_size } = self;
        Self { name: name.clone(), stack_size: *stack_size }.into_real().fmt(f)
    }
}

/// Waits for the end of a thread; like [`std::thread::JoinHandle`]. Dropping it detaches the thread.
pub struct JoinHandle<T> {
    real: std::thread::JoinHandle<T>,
    simulated: Option<(Arc<Simulation>, SimThreadId)>,
    thread: Thread,
}

impl<T> JoinHandle<T> {
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

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.real.fmt(f)
    }
}

/// A simulated thread that is being spawned, from its parent's side.
pub(super) struct PendingSpawn {
    simulation: Arc<Simulation>,
    id: SimThreadId,
}

impl PendingSpawn {
    /// Registers a thread with the caller's simulation, if there is one, and makes it wait for its turn before it runs
    /// `f`.
    pub(super) fn wrap<T>(f: impl FnOnce() -> T, name: Option<String>) -> (impl FnOnce() -> T, Option<Self>) {
        let simulation = simulation_for_threads();
        let pending = simulation.map(|simulation| Self { id: simulation.create_thread(name), simulation });
        let turn = pending.as_ref().map(|pending| ThreadStart {
            simulation: pending.simulation.clone(),
            id: pending.id,
            has_begun: false,
        });
        let wrapped = move || match turn {
            Some(turn) => turn.take(f),
            None => f(),
        };
        (wrapped, pending)
    }

    /// Lets the thread take its turns, now that the operating system has started it.
    #[expect(clippy::type_complexity, reason = "both callers take the pair apart at once")]
    pub(super) fn launch<R>(
        pending: Option<Self>,
        spawned: io::Result<R>,
    ) -> io::Result<(R, Option<(Arc<Simulation>, SimThreadId)>)> {
        let real = spawned?;
        let simulated = pending.map(|Self { simulation, id }| {
            simulation.start_thread(id);
            (simulation, id)
        });
        Ok((real, simulated))
    }
}

/// A simulated thread that is being spawned, from its own side. If it is dropped before it has begun, the thread ends
/// without ever having run.
struct ThreadStart {
    simulation: Arc<Simulation>,
    id: SimThreadId,
    has_begun: bool,
}

impl ThreadStart {
    fn take<T>(mut self, f: impl FnOnce() -> T) -> T {
        self.simulation.wait_for_first_turn(self.id);
        self.has_begun = true;
        let thread = SimThread { simulation: self.simulation.clone(), id: self.id, in_runtime: false };
        exit::finish_on_exit(Context::Simulated(thread.clone()).enter(), thread);
        let _ending = MarkExiting;
        f()
    }
}

impl Drop for ThreadStart {
    fn drop(&mut self) {
        if !self.has_begun {
            self.simulation.finish_thread(self.id);
        }
    }
}

/// Waits in virtual time until a thread has ended. Its operating system thread ends shortly afterwards.
///
/// # Errors
///
/// If the thread will never end: after a deadlock, when the caller is unwinding already, and after the simulation's
/// end.
pub(super) fn wait_for_end(
    thread: Option<&(Arc<Simulation>, SimThreadId)>,
    location: SourceLocation,
) -> std::thread::Result<()> {
    let Some((simulation, id)) = thread else { return Ok(()) };
    if let Some(me) = Context::sim_thread().filter(|me| Arc::ptr_eq(&me.simulation, simulation)) {
        me.simulation.join(me.id, *id, location);
    }
    if simulation.is_finished(*id) {
        Ok(())
    } else if simulation.has_deadlocked() {
        Err(Box::new("the simulation ended in a deadlock before this thread did"))
    } else if simulation.is_over() {
        Err(Box::new("the simulation ended before this thread did"))
    } else {
        Ok(())
    }
}

/// Whether a simulated thread has ended. If not, others go first before this says so.
pub(super) fn is_finished(thread: Option<&(Arc<Simulation>, SimThreadId)>, location: SourceLocation) -> Option<bool> {
    let (simulation, id) = thread?;
    Some(context::retry_after_yield("is_finished", location, |ended| !ended, || simulation.is_finished(*id)))
}

fn simulation_for_threads() -> Option<Arc<Simulation>> {
    match Context::current() {
        Context::Simulated(thread) => Some(thread.simulation),
        #[cfg(feature = "tokio")]
        Context::Paused(_) | Context::BlockingPool(_) => panic!(
            "a thread was spawned inside `simulate_async`, whose clock knows no threads: call what spawns it inside \
             `simulate`, or spawn a task"
        ),
        Context::Real => None,
    }
}
