//! The terminal: lines that stay, and below them a few that are redrawn. The terminal is always restored at the end.
//!
//! Only those few lines are cleared: everything that was printed can be scrolled back to.

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{self, Clear, ClearType, DisableLineWrap, EnableLineWrap};
use std::io::{self, Stdout, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use xtask::terminal::style::plain;

/// Whether this process owns the terminal now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, from when it is taken until it is restored.
#[derive(Debug)]
pub struct Screen {
    out: Stdout,
    colours: bool,
    /// The lines that are drawn at the end.
    drawn: Vec<String>,
}

impl Screen {
    /// Takes the terminal: keys arrive one by one, and are not echoed.
    pub fn take() -> io::Result<Self> {
        let colours = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
        TAKEN.store(true, Ordering::SeqCst);
        let mut screen = Self { out: io::stdout(), colours, drawn: Vec::new() };
        terminal::enable_raw_mode()?;
        queue!(screen.out, Hide)?;
        screen.out.flush()?;
        Ok(screen)
    }

    /// Takes the terminal again after a shell had it.
    pub fn retake(&mut self) -> io::Result<()> {
        // What this process knows of the terminal's mode, and of what is drawn, is out of date.
        terminal::disable_raw_mode()?;
        terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        self.drawn.clear();
        queue!(self.out, Hide)?;
        self.out.flush()
    }

    /// Prints `text` above the lines that are redrawn, which are `moving`.
    pub fn print(&mut self, text: &str, moving: &[String]) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.out, MoveToColumn(0), Clear(ClearType::FromCursorDown))?;
        for line in text.lines() {
            // In raw mode a line feed does not go back to the first column.
            let line = self.coloured(line);
            queue!(self.out, Print(line), Print("\r\n"))?;
        }
        self.redraw(moving)
    }

    /// Draws the lines at the end if they have changed.
    pub fn draw(&mut self, moving: &[String]) -> io::Result<()> {
        if self.drawn == moving { Ok(()) } else { self.redraw(moving) }
    }

    /// Draws the lines at the end in any case, as after a change of the window. The cursor stays at the first of them, where it
    /// is found again whatever the window's width.
    pub fn redraw(&mut self, moving: &[String]) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.out, MoveToColumn(0), Clear(ClearType::FromCursorDown))?;
        // The window may have become narrower than these lines. A line that wraps would leave its beginning behind.
        queue!(self.out, DisableLineWrap)?;
        for (index, line) in moving.iter().enumerate() {
            let (end, line) = (if index == 0 { "" } else { "\r\n" }, self.coloured(line));
            queue!(self.out, Print(end), Print(line))?;
        }
        if let Some(up) = u16::try_from(moving.len().saturating_sub(1)).ok().filter(|up| *up > 0) {
            queue!(self.out, MoveUp(up))?;
        }
        queue!(self.out, EnableLineWrap, MoveToColumn(0))?;
        self.drawn = moving.to_vec();
        self.out.flush()
    }

    fn coloured(&self, line: &str) -> String {
        if self.colours { line.to_owned() } else { plain(line) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore_terminal();
    }
}

/// Restores the terminal if it was taken. Any thread may call this at any time.
pub fn restore_terminal() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // First what matters most. There is nobody to report an error to.
    let _ = terminal::disable_raw_mode();
    let mut out = io::stdout();
    let _ = queue!(out, MoveToColumn(0), Clear(ClearType::FromCursorDown), Show);
    let _ = out.flush();
}
