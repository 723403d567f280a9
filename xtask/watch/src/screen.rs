//! The terminal: lines that stay, and below them a few that are drawn anew. It is left as it was found, whatever happens.
//!
//! Nothing is cleared but those few lines: what was printed can be scrolled back to.

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{self, Clear, ClearType, DisableLineWrap, EnableLineWrap};
use std::io::{self, Stdout, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use xtask::terminal::style::plain;

/// Whether the terminal is ours at present.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, from being taken to being given back.
#[derive(Debug)]
pub struct Screen {
    out: Stdout,
    colours: bool,
    /// What is drawn at the end.
    drawn: Vec<String>,
}

impl Screen {
    /// Takes the terminal: keys come one by one and unseen.
    pub fn take() -> io::Result<Self> {
        let colours = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
        TAKEN.store(true, Ordering::SeqCst);
        let mut screen = Self { out: io::stdout(), colours, drawn: Vec::new() };
        terminal::enable_raw_mode()?;
        queue!(screen.out, Hide)?;
        screen.out.flush()?;
        Ok(screen)
    }

    /// Takes the terminal once more, after a shell had it.
    pub fn retake(&mut self) -> io::Result<()> {
        // What this process believes of the terminal's mode is out of date, and so is what it believes to have drawn.
        terminal::disable_raw_mode()?;
        terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        self.drawn.clear();
        queue!(self.out, Hide)?;
        self.out.flush()
    }

    /// Prints `text` above the lines that are drawn anew, which are `moving`.
    pub fn print(&mut self, text: &str, moving: &[String]) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.out, MoveToColumn(0), Clear(ClearType::FromCursorDown))?;
        for line in text.lines() {
            // In this mode a line feed goes down, and not back to the first column.
            let line = self.coloured(line);
            queue!(self.out, Print(line), Print("\r\n"))?;
        }
        self.redraw(moving)
    }

    /// Draws the lines at the end, if they are others than before.
    pub fn draw(&mut self, moving: &[String]) -> io::Result<()> {
        if self.drawn == moving { Ok(()) } else { self.redraw(moving) }
    }

    /// Draws the lines at the end, as after a change of the window. The cursor waits at the first of them: there it is found again, however wide the
    /// window becomes.
    pub fn redraw(&mut self, moving: &[String]) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.out, MoveToColumn(0), Clear(ClearType::FromCursorDown))?;
        // The window may have become narrower than what is drawn for it. A line that wraps would leave its beginning behind.
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
        give_back();
    }
}

/// Gives the terminal back, if it was taken. Any thread may, at any time.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // First what matters most. There is nobody to tell that it failed.
    let _ = terminal::disable_raw_mode();
    let mut out = io::stdout();
    let _ = queue!(out, MoveToColumn(0), Clear(ClearType::FromCursorDown), Show);
    let _ = out.flush();
}
