//! How the learner asks for something: with a command, or with a key in `watch`.

/// Where a message is read.
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

    /// The full verdict on one quest.
    pub fn verdict(self, quest: u32) -> String {
        self.pick(format!("cargo xtask check {quest}"), "press Enter")
    }

    /// The next hint.
    pub fn next_hint(self, quest: u32) -> String {
        self.pick(format!("cargo xtask hint {quest}"), "press n")
    }

    /// The hints that were seen.
    pub fn hints_again(self, quest: u32) -> String {
        self.pick(format!("cargo xtask hint {quest} --again"), "press h")
    }

    /// The stub.
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
