//! What the halves of a channel share.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context;
use crate::location::SourceLocation;
use crate::scheduler::WaitResult;
use crate::sync::raw_condvar::RawCondvar;
use crate::time;

/// A queue of messages, and which of its two ends are still in use.
///
/// A sender that has to wait puts its message into the queue first, behind those that came before. Then it waits until
/// its message is within the bound or, if the bound is zero, has been taken. So no sender overtakes another.
pub(super) struct Channel<T> {
    state: Mutex<ChannelState<T>>,
    /// A message has arrived, or the last sender has been dropped.
    arrived: RawCondvar,
    /// A message has been taken, or the receiver has been dropped.
    taken: RawCondvar,
}

struct ChannelState<T> {
    /// With their numbers. Those beyond the bound belong to senders that are waiting.
    messages: VecDeque<(u64, T)>,
    bound: Option<u64>,
    senders: usize,
    has_receiver: bool,
    receiver_waits: bool,
    /// How many messages have ever been put in and taken out.
    put: u64,
    took: u64,
}

impl<T> Channel<T> {
    /// A channel with one sender and its receiver.
    pub(super) fn new(bound: Option<usize>) -> Arc<Self> {
        let state = ChannelState {
            messages: VecDeque::new(),
            bound: bound.map(|bound| bound as u64),
            senders: 1,
            has_receiver: true,
            receiver_waits: false,
            put: 0,
            took: 0,
        };
        Arc::new(Self { state: Mutex::new(state), arrived: RawCondvar::new(), taken: RawCondvar::new() })
    }

    pub(super) fn send(&self, message: T, location: SourceLocation) -> Result<(), SendError<T>> {
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
            let result;
            (state, result) = self.taken.wait(&self.state, state, None, what, location);
            if result == WaitResult::Halted {
                return state.take_back(number).map_or(Ok(()), |message| Err(SendError(message)));
            }
        }
        Ok(())
    }

    /// In a simulation, lets others go first if there is no room, and tries again.
    pub(super) fn try_send(&self, message: T, location: SourceLocation) -> Result<(), TrySendError<T>> {
        match self.try_send_now(message) {
            Err(TrySendError::Full(message)) if context::poll("try_send", location) => self.try_send_now(message),
            result => result,
        }
    }

    /// In a simulation, lets others go first if there is no message, and tries again.
    pub(super) fn try_receive(&self, name: &'static str, location: SourceLocation) -> Result<T, TryRecvError> {
        let is_empty = |received: &_| matches!(received, Err(TryRecvError::Empty));
        context::retry_after_yield(name, location, is_empty, || self.try_receive_now())
    }

    /// Waits for a message, but for no longer than `timeout`.
    pub(super) fn receive(&self, timeout: Option<Duration>, location: SourceLocation) -> Result<T, RecvTimeoutError> {
        if timeout == Some(Duration::ZERO) {
            return self.try_receive("recv_timeout", location).map_err(|error| match error {
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
            let result;
            (state, result) = self.arrived.wait(&self.state, state, rest, "a message from a channel", location);
            state.receiver_waits = false;
            if result == WaitResult::Halted {
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
        // Messages beyond the bound go back to their senders, which are waiting. All others are lost.
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

    fn put(&self, state: &mut ChannelState<T>, message: T) -> u64 {
        state.put += 1;
        let number = state.put;
        state.messages.push_back((number, message));
        self.arrived.notify_first();
        number
    }

    fn take(&self, state: &mut ChannelState<T>) -> Option<T> {
        let (number, message) = state.messages.pop_front()?;
        state.took = number;
        self.taken.notify_first();
        context::progress();
        Some(message)
    }

    fn lock(&self) -> MutexGuard<'_, ChannelState<T>> {
        // No code of `T` runs under this lock, so a panic leaves the state consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> ChannelState<T> {
    /// Whether the message with this number is within the bound; with a bound of zero, whether it has been taken.
    fn has_room_for(&self, number: u64) -> bool {
        self.bound.is_none_or(|bound| number - bound.min(number) <= self.took)
    }

    /// Removes the message with this number, unless it has been taken.
    fn take_back(&mut self, number: u64) -> Option<T> {
        let index = self.messages.iter().position(|(other, _)| *other == number)?;
        self.messages.remove(index).map(|(_, message)| message)
    }
}
