//! What is typed, and the window's size.

use crate::event::Key;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What the terminal tells.
#[derive(Debug)]
pub enum Typed {
    Key(Key),
    Resized,
    /// Ctrl-Z.
    Suspend,
    /// The terminal is gone.
    End,
}

/// Waits for the next thing that means something.
pub fn next() -> Typed {
    loop {
        match event::read() {
            Ok(Event::Key(key)) => {
                if is_suspend(&key) {
                    return Typed::Suspend;
                }
                if let Some(key) = key_of(key) {
                    return Typed::Key(key);
                }
            }
            Ok(Event::Resize(..)) => return Typed::Resized,
            Ok(_) => {}
            Err(_) => return Typed::End,
        }
    }
}

/// Only where there are shells to go back to.
fn is_suspend(key: &KeyEvent) -> bool {
    cfg!(unix) && key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL)
}

fn key_of(key: KeyEvent) -> Option<Key> {
    // Some systems tell of keys that are let go, too.
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c' | 'd') if with_control => Some(Key::CtrlC),
        KeyCode::Char(_) if with_control || key.modifiers.contains(KeyModifiers::ALT) => None,
        KeyCode::Char(letter) => Some(Key::Char(letter)),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Escape),
        _ => None,
    }
}
