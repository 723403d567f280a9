//! The mirror of [`std::sync::mpsc`]: channels with many senders and one receiver.
//!
//! ```
//! use std::time::Duration;
//! use timeline::sync::mpsc;
//! use timeline::{record, simulate, thread};
//!
//! let timeline = simulate(|| {
//!     let (sender, receiver) = mpsc::channel();
//!     thread::spawn(move || {
//!         thread::sleep(Duration::from_secs(3));
//!         sender.send("hello").expect("the receiver is there");
//!     });
//!     for message in receiver {
//!         record("receiver", message);
//!     }
//! });
//! assert_eq!(timeline.to_string(), "  3000 ms  receiver  hello");
//! ```

mod channel;
mod receiver;

pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

pub use receiver::{IntoIter, Iter, Receiver, TryIter};

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use channel::Channel;

/// A channel that holds any number of messages: sending never waits.
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    (Sender { channel: Arc::clone(&channel) }, Receiver::new(channel))
}

/// A channel that holds up to `bound` messages: sending waits for room. With a bound of zero, it waits until the
/// receiver takes the message. Senders are served in the order in which they came.
#[must_use]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(bound));
    (SyncSender { channel: Arc::clone(&channel) }, Receiver::new(channel))
}

/// The sending half of a [`channel`].
pub struct Sender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    /// Sends a message; never waits.
    ///
    /// # Errors
    ///
    /// If the receiver has been dropped. The error contains the message.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.channel.send(message, Location::caller())
    }
}

/// The sending half of a [`sync_channel`].
pub struct SyncSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> SyncSender<T> {
    /// Sends a message; waits for room, or in a channel of bound zero until the message is taken.
    ///
    /// # Errors
    ///
    /// If the receiver has been dropped. The error contains the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.channel.send(message, Location::caller())
    }

    /// Sends a message if that needs no waiting. In a simulation, others go first before this fails.
    ///
    /// # Errors
    ///
    /// If there is no room, or in a channel of bound zero no waiting receiver, or if the receiver has been dropped. The
    /// error contains the message.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.channel.try_send(message, Location::caller())
    }
}

/// What both kinds of sender have in common.
macro_rules! sender {
    ($sender:ident) => {
        impl<T> Clone for $sender<T> {
            fn clone(&self) -> Self {
                self.channel.add_sender();
                Self { channel: Arc::clone(&self.channel) }
            }
        }

        impl<T> Drop for $sender<T> {
            fn drop(&mut self) {
                self.channel.remove_sender();
            }
        }

        impl<T> fmt::Debug for $sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($sender)).finish_non_exhaustive()
            }
        }

        impl<T> UnwindSafe for $sender<T> {}
        impl<T> RefUnwindSafe for $sender<T> {}
    };
}

sender!(Sender);
sender!(SyncSender);
