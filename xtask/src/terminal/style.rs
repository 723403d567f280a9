//! Colours, and what the terminal can show.
//!
//! Colours are always written; `anstream` removes them where there is no terminal, where `NO_COLOR` is set, and so on.

use anstyle::{AnsiColor, Style};
use std::env;
use std::fmt::Display;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const RED: Style = AnsiColor::Red.on_default();
pub const GREEN: Style = AnsiColor::Green.on_default();
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
pub const CYAN: Style = AnsiColor::Cyan.on_default();

/// `text` in `style`.
pub fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// `text` without its colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    pub width: usize,
    pub unicode: bool,
}

impl Terminal {
    /// This process's terminal, or 80 columns without one.
    pub fn detect() -> Self {
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        Self { width: width.min(140), unicode: shows_unicode(|name| env::var(name).ok()) }
    }
}

/// On unix the locale decides, whose variables are read in this order; newer Windows terminals set `WT_SESSION`.
fn shows_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    if cfg!(windows) {
        return variable("WT_SESSION").is_some();
    }
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let shows = |set: &[(&str, &str)]| {
            shows_unicode(|name| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(shows(&[("LANG", "en_GB.UTF-8")]));
        assert!(shows(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!shows(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!shows(&[]));
    }
}
