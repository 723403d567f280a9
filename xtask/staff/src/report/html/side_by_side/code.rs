//! The code of one file, line by line.

use crate::report::html::text::{PlainText, counted};
use crate::similarity::ComparedFile;
use maud::{Markup, html};
use std::ops::Range;

/// The maximum number of lines of a file.
const LINES: usize = 2_000;

/// The maximum number of bytes of a line.
const LINE: usize = 500;

/// The file, with what it shares marked and numbered. Links lead to the `other` side.
pub fn code(side: &str, other: &str, label: &str, file: &ComparedFile) -> Markup {
    let lines = lines(file.source);
    let marks = Marks::of(file);
    html! {
        // A scrollable element must be reachable by keyboard.
        pre.code tabindex="0" role="group" aria-label={ "Code of " (PlainText(label)) } {
            @for line in lines.iter().take(LINES) { span.line { (marked(side, other, file, &marks, line)) "\n" } }
        }
        @if lines.len() > LINES { p.note { "… and " (counted(lines.len() - LINES, "more line")) "." } }
    }
}

/// The number of the line with this byte.
pub fn line_of(source: &str, byte: usize) -> usize {
    source.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// The ranges of all lines, without their ends.
fn lines(source: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    source
        .split_inclusive('\n')
        .map(|line| {
            let text = line.trim_end_matches(['\n', '\r']);
            let range = start..start + text.len();
            start += line.len();
            range
        })
        .collect()
}

/// Where the look of a file changes.
struct Marks {
    /// Sorted, each once.
    edges: Vec<usize>,
    /// The fragments with their numbers, sorted by place.
    fragments: Vec<(usize, Range<usize>)>,
}

impl Marks {
    fn of(file: &ComparedFile) -> Self {
        let mut edges: Vec<usize> =
            file.fragments.iter().chain(&file.base).flat_map(|range| [range.start, range.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut fragments: Vec<(usize, Range<usize>)> = (1..).zip(file.fragments.iter().cloned()).collect();
        fragments.sort_by_key(|(_, range)| range.start);
        Self { edges, fragments }
    }

    /// The parts of a line that look the same throughout.
    fn parts(&self, line: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.edges.partition_point(|edge| *edge <= line.start);
        let inner = self.edges[first..].iter().copied().take_while(|edge| *edge < line.end);
        let mut start = line.start;
        inner.chain([line.end]).map(|end| std::mem::replace(&mut start, end)..end).collect()
    }

    fn fragment_at(&self, byte: usize) -> Option<&(usize, Range<usize>)> {
        let after = self.fragments.partition_point(|(_, range)| range.start <= byte);
        self.fragments[..after].last().filter(|(_, range)| byte < range.end)
    }
}

fn marked(side: &str, other: &str, file: &ComparedFile, marks: &Marks, line: &Range<usize>) -> Markup {
    let end = (line.start..=line.end.min(line.start + LINE)).rev().find(|at| file.source.is_char_boundary(*at));
    let shown = line.start..end.unwrap_or(line.start);
    let rest = file.source[shown.end..line.end].chars().count();
    html! {
        @for part in marks.parts(&shown) { (look(side, other, file, marks, &part)) }
        @if rest > 0 { " … (" (counted(rest, "more character")) ")" }
    }
}

/// A part of a line, and where a fragment begins or ends.
fn look(side: &str, other: &str, file: &ComparedFile, marks: &Marks, part: &Range<usize>) -> Markup {
    let text = &file.source[part.clone()];
    // A mark that begins with the line's indentation would hide where code begins.
    let (indent, code) = text.split_at(text.len() - text.trim_start().len());
    let (indent, code) = (PlainText(indent), PlainText(code));
    let base = file.base.partition_point(|range| range.end <= part.start);
    let is_base = file.base.get(base).is_some_and(|range| range.start <= part.start);
    let fragment = marks.fragment_at(part.start).filter(|_| !part.is_empty());
    let begins = fragment.filter(|(_, range)| range.start == part.start);
    let ends = fragment.filter(|(_, range)| range.end == part.end);
    html! {
        @if let Some((number, _)) = begins {
            a.jump id={ (side) "-" (number) } href={ "#" (other) "-" (number) }
                aria-label={ "Fragment " (number) " begins: go to it in the other file" } { (number) }
        }
        (indent)
        @if is_base { span.base { (code) } } @else if fragment.is_some() { mark { (code) } } @else { (code) }
        @if let Some((number, _)) = ends { span.hidden { " End of fragment " (number) ". " } }
    }
}
