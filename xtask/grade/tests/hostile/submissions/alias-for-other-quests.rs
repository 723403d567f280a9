//! quest: 6
//! earns: 0
//! tries: to hand a macro that reads files to the quests that run on this one, under a name that no scan of theirs knows

pub use std::include as source;
