//! What panicked, and where, told to the judge in addition to the experiment's end.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, Once, PoisonError};

use crate::message::Panic;

/// More panics than this explain nothing.
const MOST: usize = 16;

static HEARD: Mutex<Vec<Panic>> = Mutex::new(Vec::new());

/// Notes every panic of this process from now on, and leaves what else happens at a panic as it was.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

/// The panics of this process, the first first.
pub(crate) fn heard() -> Vec<Panic> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = message.or_else(|| payload.downcast_ref::<String>().cloned());
    let panic = Panic {
        message: message.unwrap_or_else(|| "a panic without a message".to_owned()),
        location: info.location().map(ToString::to_string).unwrap_or_default(),
        thread: std::thread::current().name().unwrap_or_default().to_owned(),
    };
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    if heard.len() < MOST {
        heard.push(panic);
    }
}
