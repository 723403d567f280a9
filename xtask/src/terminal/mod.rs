//! What reaches the terminal: its width and colours, wrapped text, printed lines. Reports and pictures are built on this.

pub mod markdown;
pub mod print;
pub mod shorten;
pub mod style;
pub mod wrap;
