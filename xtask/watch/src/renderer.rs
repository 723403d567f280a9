//! Renders text on its own thread: a picture may take a while, and keys must be handled meanwhile.

use std::sync::mpsc::{self, Sender};
use std::thread;

type RenderJob = Box<dyn FnOnce() -> String + Send>;

/// A handle to the thread.
pub struct Renderer(Sender<RenderJob>);

impl Renderer {
    /// Starts the thread. `print` gets the rendered texts, in order.
    pub fn start(print: impl Fn(String) + Send + 'static) -> Self {
        let (sender, jobs) = mpsc::channel::<RenderJob>();
        thread::spawn(move || jobs.into_iter().for_each(|job| print(job())));
        Self(sender)
    }

    /// Prints what `text` returns, after everything that was requested before.
    pub fn print(&self, text: impl FnOnce() -> String + Send + 'static) {
        // The thread lives as long as this handle.
        let _ = self.0.send(Box::new(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_do_not_wait_and_the_order_is_kept() {
        let (print, printed) = mpsc::channel();
        let (go_on, gate) = mpsc::channel::<()>();
        let renderer = Renderer::start(move |text| print.send(text).unwrap());
        renderer.print(move || {
            gate.recv().unwrap();
            "first".to_owned()
        });
        renderer.print(|| "second".to_owned());
        go_on.send(()).unwrap();
        assert_eq!([printed.recv().unwrap(), printed.recv().unwrap()], ["first", "second"]);
    }
}
