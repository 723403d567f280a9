//! Renders Markdown for a terminal: paragraphs and lists are wrapped, code is left as it is.
//!
//! It supports what hints and explanations use: paragraphs, `-` lists, headings and fenced code.

use super::style::{BOLD, Terminal, paint};
use super::wrap::wrap;

/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// Renders the text.
pub fn render(markdown: &str, terminal: Terminal) -> String {
    let mut page = Page { out: String::new(), block: String::new(), width: terminal.width.min(WIDEST) };
    let mut in_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            page.end_block();
            in_code = !in_code;
        } else if in_code {
            page.line(&format!("    {line}"));
        } else if line.trim().is_empty() {
            page.end_block();
            page.line("");
        } else if line.starts_with('#') {
            page.end_block();
            page.line(&paint(BOLD, line.trim_start_matches('#').trim()));
        } else {
            if line.starts_with("- ") {
                page.end_block();
            }
            page.block.push_str(line);
            page.block.push('\n');
        }
    }
    page.end_block();
    page.out
}

struct Page {
    out: String,
    /// The current paragraph or list item.
    block: String,
    width: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        let text = match block.strip_prefix("- ") {
            Some(entry) => wrap(entry, self.width, "  ").replacen("  ", "- ", 1),
            None => wrap(&block, self.width, ""),
        };
        if !text.is_empty() {
            self.line(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::style::plain;
    use super::*;

    fn read(markdown: &str, width: usize) -> String {
        plain(&render(markdown, Terminal { width, unicode: true }))
    }

    #[test]
    fn a_paragraph_is_wrapped_to_the_window() {
        let markdown = "one two three\nfour five\n\nsix\nseven\n";
        assert_eq!(read(markdown, 80), "one two three four five\n\nsix seven\n");
        assert_eq!(read(markdown, 10), "one two\nthree four\nfive\n\nsix seven\n");
    }

    #[test]
    fn code_is_left_as_it_is_without_its_fences() {
        let markdown = "Try:\n\n```rust\nfn main() {\n    a_long_call(with, many, arguments);\n\n}\n```\n\nand so on";
        let expected = "Try:\n\n    fn main() {\n        a_long_call(with, many, arguments);\n\n    }\n\nand so on\n";
        assert_eq!(read(markdown, 12), expected);
    }

    #[test]
    fn list_items_have_a_hanging_indent() {
        let markdown = "Two ways:\n- one two three\n  four\n- five";
        assert_eq!(read(markdown, 15), "Two ways:\n- one two three\n  four\n- five\n");
        assert_eq!(read(markdown, 11), "Two ways:\n- one two\n  three\n  four\n- five\n");
    }

    #[test]
    fn a_heading_has_its_own_line() {
        assert_eq!(read("# Why it works\nBecause\nit does.", 80), "Why it works\nBecause it does.\n");
    }
}
