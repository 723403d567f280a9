//! The picture in other formats: [`svg()`], [`mermaid()`], [`perfetto()`], and [`html()`], a page to step through.

mod comparison;
mod escape;
mod html;
mod layout;
mod mermaid;
mod perfetto;
mod svg;

pub use comparison::{Comparison, RunView};
pub use html::html;
pub use mermaid::mermaid;
pub use perfetto::perfetto;
pub use svg::svg;
