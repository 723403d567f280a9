//! Stops this process as a shell stops a job, and notices when it is resumed.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};

/// Calls `notify`, and sends to the channel, whenever this process is resumed after it was stopped in any way.
pub fn listen(notify: impl Fn() + Send + 'static) -> io::Result<Receiver<()>> {
    let (sender, continued) = mpsc::channel();
    system::listen(sender, notify)?;
    Ok(continued)
}

pub use system::stop;

#[cfg(unix)]
mod system {
    use super::{Receiver, Sender, io};
    use signal_hook::consts::SIGCONT;
    use signal_hook::iterator::Signals;
    use std::thread;
    use std::time::Duration;

    pub fn listen(sender: Sender<()>, notify: impl Fn() + Send + 'static) -> io::Result<()> {
        let mut signals = Signals::new([SIGCONT])?;
        thread::spawn(move || {
            for _ in signals.forever() {
                let _ = sender.send(());
                notify();
            }
        });
        Ok(())
    }

    /// Stops this process and the rest of its job until it is resumed.
    pub fn stop(continued: &Receiver<()>) {
        while continued.try_recv().is_ok() {}
        if rustix::process::kill_current_process_group(rustix::process::Signal::TSTP).is_ok() {
            // Another thread may get the signal, so this one has to wait. The system does not stop a job that has no shell.
            let _ = continued.recv_timeout(NO_STOP);
        }
    }

    const NO_STOP: Duration = Duration::from_millis(500);
}

#[cfg(not(unix))]
mod system {
    use super::{Receiver, Sender, io};

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub fn listen(_: Sender<()>, _: impl Fn() + Send + 'static) -> io::Result<()> {
        Ok(())
    }

    pub fn stop(_: &Receiver<()>) {}
}
