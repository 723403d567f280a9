//! Compares the public items of stub and solution as text.
//!
//! Files are read line by line, which suffices because `ci` checks that rustfmt has formatted them.

use std::collections::BTreeMap;

/// Each public item with its enclosing block, white space normalized, and its documentation.
pub type Api = BTreeMap<String, String>;

/// The public items of `source`.
pub fn of(source: &str) -> Api {
    let lines: Vec<&str> = source.lines().collect();
    let mut block = "";
    let mut api = Api::new();
    for (index, line) in lines.iter().enumerate() {
        let is_outermost = !line.starts_with([' ', '}', '/', '#']);
        if is_outermost && line.ends_with('{') {
            block = line.trim_end_matches('{').trim();
        }
        if line.trim_start().starts_with("pub ") {
            let item = signature(&lines[index..]);
            let place = if line.starts_with(' ') { format!("{block}: ") } else { String::new() };
            api.insert(format!("{place}{item}"), documentation(&lines[..index]));
        }
    }
    api
}

/// The differences, a sentence each.
pub fn differences(stub: &Api, solution: &Api) -> Vec<String> {
    let mut found = Vec::new();
    for (item, documentation) in stub {
        match solution.get(item) {
            None => found.push(format!("the solution lacks `{item}`, which the stub has")),
            Some(other) if other != documentation => {
                found.push(format!("`{item}` is documented differently in stub and solution"));
            }
            Some(_) => {}
        }
    }
    let only_in_solution = solution.keys().filter(|item| !stub.contains_key(*item));
    found.extend(only_in_solution.map(|item| format!("the stub lacks `{item}`, which the solution has")));
    found
}

/// From `pub` to the body or the end of a field; for an enum, with its variants, which are all public.
fn signature(lines: &[&str]) -> String {
    let is_enum = lines[0].trim_start().starts_with("pub enum ");
    let mut depth = 0_i32;
    let mut before = ' ';
    let mut text = String::new();
    'item: for line in lines {
        // A comment among the variants is documentation, not part of the signature.
        let code = if line.trim_start().starts_with("//") { "" } else { line };
        for c in code.chars() {
            match c {
                '{' if depth == 0 && !is_enum => break 'item,
                ';' | ',' if depth == 0 => break 'item,
                '}' if is_enum && depth == 1 => break 'item,
                '(' | '[' | '{' | '<' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '>' if before != '-' && before != '=' => depth -= 1,
                _ => {}
            }
            before = c;
            text.push(c);
        }
        text.push(' ');
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    // `mut` parameters and line breaks are not part of the signature.
    words.join(" ").replace("(mut ", "(").replace(", mut ", ", ").replace("( ", "(").replace(", )", ")")
}

/// The `///` lines right above, without the attributes between.
fn documentation(above: &[&str]) -> String {
    let mut lines: Vec<&str> = above
        .iter()
        .rev()
        .map(|line| line.trim())
        .take_while(|line| line.starts_with("///") || line.starts_with("#["))
        .filter_map(|line| line.strip_prefix("///"))
        .collect();
    lines.reverse();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: &str = "
/// How it ended.
#[derive(Clone)]
pub enum Outcome {
    /// Well.
    Fired,
    Failed(u32),
}

pub struct Timer {
    // Up to you.
}

impl Timer {
    /// Waits.
    ///
    /// For long.
    pub fn wait(self) -> Outcome {
        todo!()
    }
}

pub fn work(jobs: &[(&str, Duration)], callback: impl FnOnce() -> HashMap<u8, u8>) {
    todo!()
}
";

    #[test]
    fn items_are_found_with_their_block_and_documentation() {
        let api = of(STUB);
        let items: Vec<&str> = api.keys().map(String::as_str).collect();
        assert_eq!(
            items,
            [
                "impl Timer: pub fn wait(self) -> Outcome",
                "pub enum Outcome { Fired, Failed(u32),",
                "pub fn work(jobs: &[(&str, Duration)], callback: impl FnOnce() -> HashMap<u8, u8>)",
                "pub struct Timer",
            ]
        );
        assert_eq!(api["impl Timer: pub fn wait(self) -> Outcome"], " Waits.\n\n For long.");
        assert_eq!(api["pub enum Outcome { Fired, Failed(u32),"], " How it ended.");
    }

    #[test]
    fn bodies_private_items_and_mut_make_no_difference() {
        let solution = STUB
            .replace("    // Up to you.", "    slot: u8,")
            .replace("todo!()", "body()")
            .replace("wait(self)", "wait(mut self)")
            .replace("(jobs: &[(&str, Duration)], callback", "(\n    jobs: &[(&str, Duration)],\n    mut callback")
            + "\nfn helper() {}\n";
        assert_eq!(differences(&of(STUB), &of(&solution)), Vec::<String>::new());
    }

    #[test]
    fn what_differs_is_named() {
        let solution =
            STUB.replace("/// Waits.", "/// Sleeps.").replace("Failed(u32)", "Failed(u64)") + "\npub fn more() {}\n";
        let found = differences(&of(STUB), &of(&solution)).join("\n");
        assert!(found.contains("`impl Timer: pub fn wait(self) -> Outcome` is documented differently"), "{found}");
        assert!(found.contains("the stub lacks `pub fn more()`"), "{found}");
        assert!(found.contains("the solution lacks `pub enum Outcome"), "{found}");
    }
}
