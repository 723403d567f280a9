//! Which quest a file is: the one whose public items it defines.

use super::course_files;
use anyhow::Context as _;
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use xtask::course::{Course, Quest};

/// A quest of the course, as a submission may contain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownQuest {
    pub number: u32,
    /// `quest-03-queue`
    pub package: String,
    items: BTreeSet<Item>,
    stub: Vec<u8>,
    /// All files that come with the course and that no learner edits.
    own: Arc<BTreeSet<Vec<u8>>>,
}

impl KnownQuest {
    /// `stub` is the text of the quest's `stub.rs`.
    pub fn new(number: u32, package: &str, stub: &str) -> Self {
        let (items, stub) = (public_items(stub), with_unix_lines(stub.as_bytes()));
        Self { number, package: package.to_owned(), items, stub, own: Arc::default() }
    }

    /// Whether this is the stub, as the learner got it.
    pub fn is_stub(&self, content: &[u8]) -> bool {
        self.stub == with_unix_lines(content)
    }

    /// Whether this is one of the files that come with the course.
    pub fn is_the_courses(&self, content: &[u8]) -> bool {
        self.is_stub(content) || self.own.contains(&with_unix_lines(content))
    }
}

/// Git may have changed the ends of lines.
fn with_unix_lines(content: &[u8]) -> Vec<u8> {
    content.iter().copied().filter(|byte| *byte != b'\r').collect()
}

/// The quests of the course, with the items of their stubs, and with the course's own files.
pub fn known_quests(course: &Course) -> anyhow::Result<Vec<KnownQuest>> {
    let known = |quest: &Quest| {
        let path = quest.stub();
        let stub = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(KnownQuest::new(quest.number, &quest.package, &stub))
    };
    let mut quests = course.quests.iter().map(known).collect::<anyhow::Result<Vec<_>>>()?;
    let own: BTreeSet<Vec<u8>> =
        course_files::contents(&course.root)?.iter().map(|content| with_unix_lines(content)).collect();
    let own = Arc::new(own);
    for quest in &mut quests {
        quest.own = Arc::clone(&own);
    }
    Ok(quests)
}

/// What the content of a file says about its quest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognized {
    /// It defines nothing that only one quest has.
    Nothing,
    One(u32),
    /// It defines the items of several quests.
    Several(Vec<u32>),
}

/// Which of these quests `content` is.
///
/// A quest's own items are those that no other quest has: several have a `TaskQueue`, but with another `put`. A file is a quest if it
/// defines half of its items by name, one of its own among them. Less is enough if no other quest is in the file, and a function
/// has the same parameters as in the stub: that is unfinished work.
pub fn recognize(content: &[u8], quests: &[KnownQuest]) -> Recognized {
    let found = public_items(&String::from_utf8_lossy(content));
    let names: BTreeSet<&str> = found.iter().map(|item| item.name.as_str()).collect();
    let defined = |quest: &KnownQuest| quest.items.iter().filter(|item| names.contains(item.name.as_str())).count();
    let has_own = |quest: &KnownQuest| own(quest, quests).any(|item| item.is_in(&found, &names));
    let numbers = |is_meant: &dyn Fn(&KnownQuest) -> bool| -> Vec<u32> {
        quests.iter().filter(|quest| is_meant(quest)).map(|quest| quest.number).collect()
    };
    let all = |quest: &KnownQuest| !quest.items.is_empty() && defined(quest) == quest.items.len();
    let rules: [&dyn Fn(&KnownQuest) -> bool; 3] = [
        &|quest| 2 * defined(quest) >= quest.items.len() && has_own(quest),
        // With a signature that the learner has changed.
        &all,
        &|quest| own(quest, quests).any(|item| item.has_parameters() && found.contains(item)),
    ];
    for rule in rules {
        match numbers(rule).as_slice() {
            [] => {}
            [number] => return Recognized::One(*number),
            several => return Recognized::Several(several.to_vec()),
        }
    }
    Recognized::Nothing
}

/// The quests that have no item of their own, so that no file could be recognized as theirs.
pub fn unrecognizable(quests: &[KnownQuest]) -> Vec<u32> {
    quests.iter().filter(|quest| own(quest, quests).next().is_none()).map(|quest| quest.number).collect()
}

fn own<'a>(quest: &'a KnownQuest, quests: &'a [KnownQuest]) -> impl Iterator<Item = &'a Item> {
    let is_own = |item: &&Item| {
        quests.iter().filter(|other| other.number != quest.number).all(|other| !other.items.contains(item))
    };
    quest.items.iter().filter(is_own).filter(|item| item.signature.is_some() || is_only_name(item, quest, quests))
}

fn is_only_name(item: &Item, quest: &KnownQuest, quests: &[KnownQuest]) -> bool {
    quests
        .iter()
        .filter(|other| other.number != quest.number)
        .all(|other| other.items.iter().all(|of_other| of_other.name != item.name))
}

/// A public item or method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// `TaskQueue::put`
    name: String,
    /// Of a function: what follows its name, without the names of its parameters.
    signature: Option<String>,
}

impl Item {
    fn is_in(&self, found: &BTreeSet<Self>, names: &BTreeSet<&str>) -> bool {
        if self.signature.is_some() { found.contains(self) } else { names.contains(self.name.as_str()) }
    }

    /// `new() -> Self` says little, and so does a method of nothing but `&self`.
    fn has_parameters(&self) -> bool {
        self.signature.as_ref().is_some_and(|signature| {
            !["( )", "( self )", "( & self )", "( & mut self )"].iter().any(|none| signature.starts_with(none))
        })
    }
}

/// What a brace opens.
#[derive(PartialEq, Eq)]
enum Block {
    Module,
    /// Of this type.
    Impl(String),
    Other,
}

/// The public items of `source`, also of modules in it. Any text has some or none: the lexer accepts everything.
fn public_items(source: &str) -> BTreeSet<Item> {
    let tokens = code(source.trim_start_matches('\u{feff}'));
    let mut items = BTreeSet::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut next = None;
    for (index, token) in tokens.iter().enumerate() {
        let is_item = !matches!(blocks.last(), Some(Block::Other));
        match *token {
            "{" => blocks.push(next.take().unwrap_or(Block::Other)),
            "}" => drop(blocks.pop()),
            "impl" if is_item && starts_item(&tokens[..index]) => {
                next = Some(Block::Impl(implementor(head(&tokens[index + 1..]))));
            }
            "mod" if is_item => next = Some(Block::Module),
            ";" => next = None,
            "pub" if is_item => items.extend(item(head(&tokens[index + 1..]), blocks.last())),
            _ => {}
        }
    }
    items
}

fn code(source: &str) -> Vec<&str> {
    let mut start = 0;
    tokenize(source, FrontmatterAllowed::No)
        .filter_map(|token| {
            let end = start + usize::try_from(token.len).expect("a token lies in a text in memory");
            let text = &source[start..end];
            start = end;
            let is_code = !matches!(
                token.kind,
                TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
            );
            is_code.then_some(text)
        })
        .collect()
}

/// As many tokens as the head of any item of the course has, many times over: what never ends must not be read again and again.
fn head<'t, 's>(tokens: &'t [&'s str]) -> &'t [&'s str] {
    const MOST: usize = 256;
    &tokens[..tokens.len().min(MOST)]
}

/// Whether an item may begin after these tokens: `impl` also occurs in types.
fn starts_item(before: &[&str]) -> bool {
    matches!(before.last(), None | Some(&("}" | ";" | "{" | "]" | "unsafe")))
}

/// The name of the type in `<T> Name<T> where …`, or in `Trait for Name`.
fn implementor(tokens: &[&str]) -> String {
    let head = &tokens[..tokens.iter().position(|token| *token == "{").unwrap_or(tokens.len())];
    let of_type = head.iter().position(|token| *token == "for").map_or(head, |at| &head[at + 1..]);
    let mut depth = 0;
    for token in of_type {
        match *token {
            "<" => depth += 1,
            ">" => depth -= 1,
            name if depth == 0 => return name.to_owned(),
            _ => {}
        }
    }
    String::new()
}

/// The item after `pub`.
fn item(tokens: &[&str], block: Option<&Block>) -> Option<Item> {
    const QUALIFIERS: [&str; 4] = ["async", "const", "unsafe", "extern"];
    let kind = tokens.iter().position(|token| !QUALIFIERS.contains(token))?;
    let name = tokens.get(kind + 1)?;
    let name = match block {
        Some(Block::Impl(of)) => format!("{of}::{name}"),
        _ => (*name).to_owned(),
    };
    match tokens[kind] {
        "fn" => Some(Item { name, signature: Some(signature(&tokens[kind + 2..])) }),
        "struct" | "enum" | "type" | "trait" | "union" => Some(Item { name, signature: None }),
        _ => None,
    }
}

/// Up to the body, without `mut` and the names of parameters.
fn signature(tokens: &[&str]) -> String {
    let end = tokens.iter().position(|token| matches!(*token, "{" | ";")).unwrap_or(tokens.len());
    let mut kept: Vec<&str> = Vec::new();
    let mut rest = tokens[..end].iter().copied().peekable();
    while let Some(token) = rest.next() {
        let begins_parameter = matches!(kept.last(), Some(&("(" | ",")));
        match (token, rest.peek()) {
            ("mut", _) if begins_parameter => {}
            (",", Some(&")")) => {}
            (_, Some(&":")) if begins_parameter => drop(rest.next()),
            _ => kept.push(token),
        }
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{course, packages};
    use super::*;

    fn stub(number: usize) -> String {
        fs::read_to_string(course().quests[number - 1].stub()).unwrap()
    }

    fn quest(source: &str) -> Recognized {
        recognize(source.as_bytes(), &packages())
    }

    #[test]
    fn every_quest_of_the_course_has_items_of_its_own() {
        assert_eq!(unrecognizable(&packages()), Vec::<u32>::new());
    }

    #[test]
    fn every_stub_and_every_solution_is_known_by_its_content() {
        for found in &course().quests {
            let name = found.package.replace('-', "_");
            let solution = course().root.join(format!("solutions/src/{name}.rs"));
            for path in [found.stub(), solution] {
                let content = fs::read(&path).unwrap();
                assert_eq!(recognize(&content, &packages()), Recognized::One(found.number), "{}", path.display());
            }
        }
    }

    /// Each of these would take hours or all of the memory if every head were read to its end.
    #[test]
    fn heads_without_an_end_are_not_read_again_and_again() {
        for text in ["pub fn a ", "impl;", "pub impl ", "pub fn a(b: ", "mod "] {
            let content = text.repeat((1 << 20) / text.len());
            assert_eq!(recognize(content.as_bytes(), &packages()), Recognized::Nothing, "{text}");
        }
    }

    #[test]
    fn formatting_and_names_of_parameters_change_nothing() {
        assert_eq!(
            quest("\u{feff}pub async fn\nproducer<T:Display>(who:&str, mut q:Sender<T>, i:Vec<T>,)->Vec<T>{"),
            Recognized::One(8)
        );
        assert_eq!(
            quest("pub struct TaskQueue; impl TaskQueue { pub fn put(&self, f: impl FnOnce() + 'static) {} }"),
            Recognized::One(3)
        );
        let changed = stub(3).replace("impl FnOnce() + 'static", "Box<dyn FnOnce()>");
        assert_eq!(quest(&changed), Recognized::One(3));
    }

    #[test]
    fn of_unfinished_work_a_part_is_enough() {
        let half = stub(6);
        assert_eq!(quest(&half[..half.len() / 2]), Recognized::One(6));
        assert_eq!(quest(&format!("{} \" \u{0} r##\"", stub(2))), Recognized::One(2));
    }

    #[test]
    fn what_any_program_may_contain_is_no_quest() {
        for source in [
            "",
            "// pub fn timer(delay: Duration, callback: impl FnOnce()) {}",
            "fn main() {}",
            "pub fn run() {}",
            "pub struct Options; pub enum Outcome {}",
            "pub struct Runtime; impl Runtime { pub fn new() -> Self { Self } }",
            "const TEXT: &str = \"pub fn timer(delay: Duration, callback: impl FnOnce()) {}\";",
            "pub(crate) fn timer(delay: Duration, callback: impl FnOnce()) {}",
        ] {
            assert_eq!(quest(source), Recognized::Nothing, "{source}");
        }
    }

    #[test]
    fn two_quests_in_one_file_are_not_guessed() {
        assert_eq!(quest(&(stub(1) + &stub(2))), Recognized::Several(vec![1, 2]));
        let modules: Vec<String> = (1..=10).map(|number| format!("mod m{number} {{ {} }}", stub(number))).collect();
        let all = modules.concat();
        assert_eq!(quest(&all), Recognized::Several((1..=10).collect()));
    }
}
