//! What the halves of a channel share.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::{self, Context};
use crate::scheduler::Wake;
use crate::sync::signal::Signal;
use crate::time;

type Place = &'static Location<'static>;

/// A queue of messages, and who is there to fill and to empty it.
///
/// A sender that has to wait puts its message into the queue all the same, behind those that came before. It waits until
/// its message is within the bound, or has been taken if the bound is zero. So none overtakes another.
pub(super) struct Channel<T> {
    state: Mutex<State<T>>,
    /// A message has come, or the last sender has gone.
    arrived: Signal,
    /// A message has been taken, or the receiver has gone.
    taken: Signal,
}

struct State<T> {
    /// With their numbers. Those behind the bound belong to senders that wait.
    messages: VecDeque<(u64, T)>,
    bound: Option<u64>,
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
            bound: bound.map(|bound| bound as u64),
            senders: 1,
            has_receiver: true,
            receiver_waits: false,
            put: 0,
            took: 0,
        };
        Arc::new(Self { state: Mutex::new(state), arrived: Signal::new(), taken: Signal::new() })
    }

    pub(super) fn send(&self, message: T, place: Place) -> Result<(), SendError<T>> {
        let mut state = self.lock();
        if !state.has_receiver {
            return Err(SendError(message));
        }
        let number = self.put(&mut state, message);
        let what = if state.bound == Some(0) { "a receiver to take its message" } else { "room in a channel" };
        while !state.has_room_for(number) {
            if !state.has_receiver {
                return state.take_back(number).map_or(Ok(()), |message| Err(SendError(message)));
            }
            let wake;
            (state, wake) = self.taken.wait(&self.state, state, None, what, place);
            if wake == Wake::Halted {
                return state.take_back(number).map_or(Ok(()), |message| Err(SendError(message)));
            }
        }
        Ok(())
    }

    /// In a simulation, lets others go first if there is no room, and asks again.
    pub(super) fn try_send(&self, message: T, place: Place) -> Result<(), TrySendError<T>> {
        match (self.try_send_now(message), Context::participant()) {
            (Err(TrySendError::Full(message)), Some(participant)) => {
                participant.poll("try_send", place);
                self.try_send_now(message)
            }
            (result, _) => result,
        }
    }

    /// In a simulation, lets others go first if there is no message, and asks again.
    pub(super) fn try_receive(&self, name: &'static str, place: Place) -> Result<T, TryRecvError> {
        let is_empty = |received: &_| matches!(received, Err(TryRecvError::Empty));
        context::ask_twice(name, place, is_empty, || self.try_receive_now())
    }

    /// Waits for a message, for no longer than `timeout`.
    pub(super) fn receive(&self, timeout: Option<Duration>, place: Place) -> Result<T, RecvTimeoutError> {
        if timeout == Some(Duration::ZERO) {
            return self.try_receive("recv_timeout", place).map_err(|error| match error {
                TryRecvError::Empty => RecvTimeoutError::Timeout,
                TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
            });
        }
        let start = time::now();
        let mut state = self.lock();
        loop {
            if let Some(message) = self.take(&mut state) {
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(RecvTimeoutError::Disconnected);
            }
            let rest = timeout.map(|timeout| timeout.saturating_sub(time::now().duration_since(start)));
            if rest.is_some_and(|rest| rest.is_zero()) {
                return Err(RecvTimeoutError::Timeout);
            }
            state.receiver_waits = true;
            let wake;
            (state, wake) = self.arrived.wait(&self.state, state, rest, "a message from a channel", place);
            state.receiver_waits = false;
            if wake == Wake::Halted {
                return Err(RecvTimeoutError::Disconnected);
            }
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
        // Messages behind the bound go back to their senders, who wait. All others are lost.
        let within = state.bound.map_or(usize::MAX, |bound| usize::try_from(bound).unwrap_or(usize::MAX));
        let kept = if within < state.messages.len() { state.messages.split_off(within) } else { VecDeque::new() };
        let lost = std::mem::replace(&mut state.messages, kept);
        drop(state);
        self.taken.notify_all();
        drop(lost);
    }

    fn try_send_now(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut state = self.lock();
        if !state.has_receiver {
            return Err(TrySendError::Disconnected(message));
        }
        let is_awaited = state.bound == Some(0) && state.receiver_waits && state.messages.is_empty();
        if !is_awaited && !state.has_room_for(state.put + 1) {
            return Err(TrySendError::Full(message));
        }
        self.put(&mut state, message);
        Ok(())
    }

    fn try_receive_now(&self) -> Result<T, TryRecvError> {
        let mut state = self.lock();
        match self.take(&mut state) {
            Some(message) => Ok(message),
            None if state.senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    fn put(&self, state: &mut State<T>, message: T) -> u64 {
        state.put += 1;
        let number = state.put;
        state.messages.push_back((number, message));
        self.arrived.notify_first();
        number
    }

    fn take(&self, state: &mut State<T>) -> Option<T> {
        let (number, message) = state.messages.pop_front()?;
        state.took = number;
        self.taken.notify_first();
        if let Some(participant) = Context::participant() {
            participant.simulation.progress();
        }
        Some(message)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code of `T`'s runs under this lock, so nothing is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// Whether the message of that number is within the bound; with a bound of zero, whether it has been taken.
    fn has_room_for(&self, number: u64) -> bool {
        self.bound.is_none_or(|bound| number - bound.min(number) <= self.took)
    }

    /// The message of that number, unless it has been taken.
    fn take_back(&mut self, number: u64) -> Option<T> {
        let index = self.messages.iter().position(|(other, _)| *other == number)?;
        self.messages.remove(index).map(|(_, message)| message)
    }
}
