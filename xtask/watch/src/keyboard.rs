//! Input from the terminal: keys, and changes of the window's size.

use crate::event::KeyPress;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// Input from the terminal.
#[derive(Debug)]
pub enum TerminalInput {
    Key(KeyPress),
    Resized,
    /// Ctrl-Z.
    Suspend,
    /// The terminal is closed.
    End,
}

/// Waits for the next meaningful input.
pub fn next() -> TerminalInput {
    loop {
        match event::read() {
            Ok(Event::Key(key)) => {
                if is_suspend(&key) {
                    return TerminalInput::Suspend;
                }
                if let Some(key) = key_of(key) {
                    return TerminalInput::Key(key);
                }
            }
            Ok(Event::Resize(..)) => return TerminalInput::Resized,
            Ok(_) => {}
            Err(_) => return TerminalInput::End,
        }
    }
}

/// Only on systems with job control.
fn is_suspend(key: &KeyEvent) -> bool {
    cfg!(unix) && key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL)
}

fn key_of(key: KeyEvent) -> Option<KeyPress> {
    // Some systems report released keys, too.
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c' | 'd') if with_control => Some(KeyPress::CtrlC),
        KeyCode::Char(_) if with_control || key.modifiers.contains(KeyModifiers::ALT) => None,
        KeyCode::Char(letter) => Some(KeyPress::Char(letter)),
        KeyCode::Up => Some(KeyPress::Up),
        KeyCode::Down => Some(KeyPress::Down),
        KeyCode::Enter => Some(KeyPress::Enter),
        KeyCode::Esc => Some(KeyPress::Escape),
        _ => None,
    }
}
