//! How the learner asks for the next thing: by a command, or in `watch` by a key.

/// Where the words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frontend {
    /// In a shell.
    Cli,
    /// In `cargo xtask watch`.
    Watch,
}

impl Frontend {
    /// A new verdict.
    pub fn check(self) -> String {
        self.pick("cargo xtask check".into(), "save the file")
    }

    /// The verdict on one quest in full.
    pub fn verdict(self, quest: u32) -> String {
        self.pick(format!("cargo xtask check {quest}"), "press Enter")
    }

    /// A first or a further hint.
    pub fn next_hint(self, quest: u32) -> String {
        self.pick(format!("cargo xtask hint {quest}"), "press n")
    }

    /// The hints that were shown.
    pub fn hints_again(self, quest: u32) -> String {
        self.pick(format!("cargo xtask hint {quest} --again"), "press h")
    }

    /// The starting point.
    pub fn reset(self, quest: u32) -> String {
        self.pick(format!("cargo xtask reset {quest}"), "press R")
    }

    fn pick(self, command: String, key: &str) -> String {
        match self {
            Self::Cli => command,
            Self::Watch => key.into(),
        }
    }
}
