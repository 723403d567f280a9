//! What the halves of a channel share.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::time::Instant;

type Place = &'static Location<'static>;

/// A queue of messages, and who is there to fill and to empty it.
pub(super) struct Channel<T> {
    state: Mutex<State<T>>,
    /// A message has come, or the last sender has gone.
    arrived: Condvar,
    /// A message has been taken, or the receiver has gone.
    taken: Condvar,
}

struct State<T> {
    messages: VecDeque<T>,
    bound: Option<usize>,
    senders: usize,
    has_receiver: bool,
    receiver_waits: bool,
    /// Messages that were ever put in, and those of them that were taken out.
    put: u64,
    took: u64,
}

impl<T> Channel<T> {
    /// A channel with one sender and its receiver.
    pub(super) fn new(bound: Option<usize>) -> Arc<Self> {
        let state = State {
            messages: VecDeque::new(),
            bound,
            senders: 1,
            has_receiver: true,
            receiver_waits: false,
            put: 0,
            took: 0,
        };
        Arc::new(Self { state: Mutex::new(state), arrived: Condvar::new(), taken: Condvar::new() })
    }

    pub(super) fn send(&self, message: T, place: Place) -> Result<(), SendError<T>> {
        let mut state = self.lock();
        while state.has_receiver && state.is_full() {
            state = wait(&self.taken, state, None, "room in a channel", place);
        }
        if !state.has_receiver {
            return Err(SendError(message));
        }
        let number = self.put(&mut state, message);
        if state.bound == Some(0) { self.hand_over(state, number, place) } else { Ok(()) }
    }

    pub(super) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut state = self.lock();
        if !state.has_receiver {
            return Err(TrySendError::Disconnected(message));
        }
        let nobody_takes_it = state.bound == Some(0) && !state.receiver_waits;
        if state.is_full() || nobody_takes_it {
            return Err(TrySendError::Full(message));
        }
        self.put(&mut state, message);
        Ok(())
    }

    pub(super) fn try_receive(&self) -> Result<T, TryRecvError> {
        let mut state = self.lock();
        match self.take(&mut state) {
            Some(message) => Ok(message),
            None if state.senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Waits for a message, for no longer than `timeout`.
    pub(super) fn receive(&self, timeout: Option<Duration>, place: Place) -> Result<T, RecvTimeoutError> {
        let start = Instant::now();
        let mut state = self.lock();
        loop {
            if let Some(message) = self.take(&mut state) {
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(RecvTimeoutError::Disconnected);
            }
            let rest = timeout.map(|timeout| timeout.saturating_sub(start.elapsed()));
            if rest.is_some_and(|rest| rest.is_zero()) {
                return Err(RecvTimeoutError::Timeout);
            }
            state.receiver_waits = true;
            state = wait(&self.arrived, state, rest, "a message from a channel", place);
            state.receiver_waits = false;
        }
    }

    pub(super) fn add_sender(&self) {
        self.lock().senders += 1;
    }

    pub(super) fn remove_sender(&self) {
        let mut state = self.lock();
        state.senders -= 1;
        let last = state.senders == 0;
        drop(state);
        if last {
            self.arrived.notify_all();
        }
    }

    pub(super) fn remove_receiver(&self) {
        let mut state = self.lock();
        state.has_receiver = false;
        // A message that is being handed over goes back to its sender, who waits. All others are lost.
        let lost = if state.bound == Some(0) { VecDeque::new() } else { std::mem::take(&mut state.messages) };
        drop(state);
        self.taken.notify_all();
        drop(lost);
    }

    fn put(&self, state: &mut State<T>, message: T) -> u64 {
        state.messages.push_back(message);
        state.put += 1;
        self.arrived.notify_one();
        state.put
    }

    fn take(&self, state: &mut State<T>) -> Option<T> {
        let message = state.messages.pop_front()?;
        state.took += 1;
        // All, not one: those who wait for room and those who wait for their own message wait here together.
        self.taken.notify_all();
        Some(message)
    }

    /// In a channel of bound zero: waits until message `number`, the only one there is, has been taken.
    fn hand_over(&self, mut state: MutexGuard<'_, State<T>>, number: u64, place: Place) -> Result<(), SendError<T>> {
        while state.took < number {
            if !state.has_receiver {
                let message = state.messages.pop_front().expect("a message that was not taken is there still");
                return Err(SendError(message));
            }
            state = wait(&self.taken, state, None, "a receiver to take its message", place);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code of `T`'s runs under this lock, so nothing is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn is_full(&self) -> bool {
        self.bound.is_some_and(|bound| self.messages.len() >= bound.max(1))
    }
}

fn wait<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    timeout: Option<Duration>,
    what: &str,
    place: Place,
) -> MutexGuard<'a, T> {
    condvar.wait_for(guard, timeout, what, place).unwrap_or_else(PoisonError::into_inner).0
}
