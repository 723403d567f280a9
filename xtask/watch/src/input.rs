//! Everything that the app reacts to, and the threads that read it.

use crate::keyboard::{self, TerminalInput};
use crate::worker::WorkerEvent;
use std::io;
use std::sync::mpsc::Sender;
use std::thread;
use xtask::terminal::print;

/// Everything that can happen.
pub enum Input {
    TerminalInput(TerminalInput),
    FilesTouched,
    Worker(WorkerEvent),
    EngineLine(String),
    /// Text that took a while to render.
    Rendered(String),
    /// This process was resumed after it was stopped.
    Continued,
}

/// Reads keys from a terminal; without one, waits for the end of the input.
pub fn read_keys(from_terminal: bool, sender: Sender<Input>) {
    thread::spawn(move || {
        if !from_terminal {
            // The input itself is ignored. An error ends it, too.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            let _ = sender.send(Input::TerminalInput(TerminalInput::End));
            return;
        }
        loop {
            let typed = keyboard::next();
            let is_end = matches!(typed, TerminalInput::End);
            if sender.send(Input::TerminalInput(typed)).is_err() || is_end {
                return;
            }
        }
    });
}

/// The engine's lines for standard error would overwrite what is drawn.
pub fn redirect_engine_lines(from_terminal: bool, sender: Sender<Input>) {
    if from_terminal {
        print::redirect_stderr(Some(Box::new(move |line| drop(sender.send(Input::EngineLine(line))))));
    }
}
