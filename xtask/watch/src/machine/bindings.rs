//! The keys, as the status line and the help name them.

/// A key, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    pub key: &'static str,
    /// A word or two, for the line at the end.
    pub name: &'static str,
    /// A description, for the help.
    pub does: &'static str,
}

/// The keys, the most useful first.
pub const KEYS: [Binding; 10] = [
    Binding { key: "h", name: "hints", does: "the hints you have seen, or else the first one" },
    Binding { key: "n", name: "next hint", does: "one more hint" },
    Binding { key: "l", name: "list", does: "all quests; jump to any of them" },
    Binding { key: "r", name: "run", does: "the quest's demo, in real time" },
    Binding { key: "t", name: "timeline", does: "a picture of what happened when" },
    Binding { key: "c", name: "check", does: "check all quests again" },
    Binding { key: "R", name: "reset", does: "restore the stub; your file is backed up" },
    Binding { key: "Enter", name: "again", does: "the verdict again" },
    Binding { key: "?", name: "help", does: "these keys" },
    Binding { key: "q", name: "quit", does: "quit, just like Ctrl-C" },
];
