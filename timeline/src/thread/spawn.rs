//! Starting threads, and waiting for their end.

use std::panic::Location;
use std::sync::Arc;
use std::{fmt, io};

use super::{Thread, farewell};
use crate::context::{self, Context, Participant};
use crate::scheduler::{Id, Simulation};

/// Starts a thread, as [`std::thread::spawn`] does.
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

/// Options of a thread to be started; like [`std::thread::Builder`].
#[derive(Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A thread without a name and with the default stack.
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
    /// As [`spawn`] in a task of [`simulate_async`](crate::simulate_async).
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.spawn_boxed(Box::new(f))
    }

    /// The same for every function: otherwise each call would compile it anew.
    fn spawn_boxed<T: Send + 'static>(self, f: Box<dyn FnOnce() -> T + Send>) -> io::Result<JoinHandle<T>> {
        let (f, newcomer) = Newcomer::wrap(f, self.name.clone());
        let spawned = self.into_real().spawn(f);
        let (real, simulated) = Newcomer::launch(newcomer, spawned)?;
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

/// Waits for the end of a thread; like [`std::thread::JoinHandle`]. Dropped, it leaves the thread to itself.
pub struct JoinHandle<T> {
    real: std::thread::JoinHandle<T>,
    simulated: Option<(Arc<Simulation>, Id)>,
    thread: Thread,
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end, and returns what its function returned.
    ///
    /// # Errors
    ///
    /// The payload of the thread's panic.
    #[track_caller]
    pub fn join(self) -> super::Result<T> {
        wait_for_end(self.simulated.as_ref(), Location::caller())?;
        self.real.join()
    }

    /// A handle to the thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether the thread has ended. While it has not, asking lets other threads go first.
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

/// A simulated thread that is being started.
pub(super) struct Newcomer {
    simulation: Arc<Simulation>,
    id: Id,
}

impl Newcomer {
    /// Announces a thread to the caller's simulation, if it has one, and lets it wait for its turn before it runs `f`.
    pub(super) fn wrap<T>(f: impl FnOnce() -> T, name: Option<String>) -> (impl FnOnce() -> T, Option<Self>) {
        let simulation = simulation_for_threads();
        let newcomer = simulation.map(|simulation| Self { id: simulation.announce(name), simulation });
        let turn = newcomer.as_ref().map(|newcomer| Turn {
            simulation: newcomer.simulation.clone(),
            id: newcomer.id,
            has_begun: false,
        });
        let wrapped = move || match turn {
            Some(turn) => turn.take(f),
            None => f(),
        };
        (wrapped, newcomer)
    }

    /// Lets the thread have its turns, now that its operating system thread is there.
    #[expect(clippy::type_complexity, reason = "both callers take the pair apart at once")]
    pub(super) fn launch<R>(
        newcomer: Option<Self>,
        spawned: io::Result<R>,
    ) -> io::Result<(R, Option<(Arc<Simulation>, Id)>)> {
        let real = spawned?;
        let simulated = newcomer.map(|Self { simulation, id }| {
            simulation.launch(id);
            (simulation, id)
        });
        Ok((real, simulated))
    }
}

/// A new thread's part of its simulation. Dropped before it has begun, it ends without ever having had the baton.
struct Turn {
    simulation: Arc<Simulation>,
    id: Id,
    has_begun: bool,
}

impl Turn {
    fn take<T>(mut self, f: impl FnOnce() -> T) -> T {
        self.simulation.enter(self.id);
        self.has_begun = true;
        let participant = Participant { simulation: self.simulation.clone(), id: self.id, in_runtime: false };
        farewell::at_the_end(Context::Simulated(participant.clone()).enter(), participant);
        let _ending = Ending;
        f()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.has_begun {
            self.simulation.finish(self.id);
        }
    }
}

/// Marks the end of a thread's function, however it ends.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        context::begin_to_end();
    }
}

/// Waits in virtual time until a thread has ended. Its real end follows at once.
///
/// # Errors
///
/// When the thread will never end: after a deadlock, if the caller unwinds already, and after the simulation's end.
pub(super) fn wait_for_end(
    thread: Option<&(Arc<Simulation>, Id)>,
    place: &'static Location<'static>,
) -> super::Result<()> {
    let Some((simulation, id)) = thread else { return Ok(()) };
    if let Some(me) = Context::participant().filter(|me| Arc::ptr_eq(&me.simulation, simulation)) {
        me.simulation.join(me.id, *id, place);
    }
    if simulation.is_finished(*id) {
        Ok(())
    } else if simulation.is_halted() {
        Err(Box::new("the simulation ended in a deadlock before this thread did"))
    } else if simulation.is_over() {
        Err(Box::new("the simulation ended before this thread did"))
    } else {
        Ok(())
    }
}

/// Whether a simulated thread has ended. While it has not, asking lets others go first.
pub(super) fn is_finished(thread: Option<&(Arc<Simulation>, Id)>, place: &'static Location<'static>) -> Option<bool> {
    let (simulation, id) = thread?;
    Some(context::ask_twice("is_finished", place, |ended| !ended, || simulation.is_finished(*id)))
}

fn simulation_for_threads() -> Option<Arc<Simulation>> {
    match Context::current() {
        Context::Simulated(participant) => Some(participant.simulation),
        #[cfg(feature = "tokio")]
        Context::Paused(_) | Context::Beside(_) => panic!(
            "a thread was spawned inside `simulate_async`, whose clock knows no threads: call what spawns it inside \
             `simulate`, or spawn a task"
        ),
        Context::Real => None,
    }
}
