//! The hostile submissions: one file each, with a header that says what it tries and what it may earn.

use std::fs;
use std::path::Path;

/// One file of `submissions/`.
pub struct Attack {
    pub name: String,
    /// The quest for which the file is handed in as `learner.rs`.
    pub quest: u32,
    /// The points that it must get, no more and no less.
    pub earns: u32,
    /// Whether nothing but confinement stops it.
    pub needs_sandbox: bool,
    /// Mebibytes of statics in each of the other quests, which are solutions; if it is none, only a companion is handed
    /// in.
    pub statics: Option<u32>,
    pub tries: String,
    /// With placeholders: see [`Attack::filled`].
    source: String,
}

/// An honest queue for quest 3, for those whose attack is something else: a struct with `is_new` and `run`.
const QUEUE: &str = include_str!("honest_queue.rs");

/// Calls the system, which safe code can do only through a hole in the compiler's checks: a function `kill`.
const SYSTEM_CALLS: &str = include_str!("system_calls.rs");

impl Attack {
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("hostile").join("submissions");
        let mut all: Vec<Self> =
            fs::read_dir(folder).unwrap().map(|entry| Self::read(&entry.unwrap().path())).collect();
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(path).unwrap();
        let field = |field: &str| {
            let beginning = format!("//! {field}: ");
            source.lines().find_map(|line| line.strip_prefix(&beginning)).map(|value| value.trim().to_owned())
        };
        let said = |name: &str| field(name).unwrap_or_else(|| panic!("{} has no `{name}`", path.display()));
        let needs = field("needs");
        assert!(needs.as_deref().is_none_or(|needs| needs == "sandbox"), "{name} needs {needs:?}");
        Self {
            quest: said("quest").parse().unwrap(),
            earns: said("earns").parse().unwrap(),
            needs_sandbox: needs.is_some(),
            statics: field("statics").map(|size| size.parse().unwrap()),
            tries: said("tries"),
            name,
            source,
        }
    }

    /// An honest quest that is handed in together with this one, and by a neighbour as well: a different one for each
    /// attack, and none that runs on another quest.
    pub fn companion(&self) -> u32 {
        const CANDIDATES: [u32; 6] = [1, 2, 4, 5, 9, 10];
        let place = self.name.bytes().map(usize::from).sum::<usize>() % CANDIDATES.len();
        let others = CANDIDATES.iter().cycle().skip(place);
        *others.into_iter().find(|candidate| **candidate != self.quest).unwrap()
    }

    /// The source as it is handed in. `{QUEUE}` is an honest queue, `{REPEAT 3 x}` is `xxx`, and anything else in braces
    /// is one of `placeholders`.
    ///
    /// It ends in `run`, so that nothing that was stored by an earlier run is taken for its result.
    pub fn filled(&self, placeholders: &[(&str, String)], run: &str) -> String {
        let mut source = repeated(
            &self.source.replace("{QUEUE}", QUEUE).replace("{SYSTEM_CALLS}", SYSTEM_CALLS).replace("{CHAIN}", &chain()),
        );
        for (name, value) in placeholders {
            source = source.replace(&format!("{{{name}}}"), value);
        }
        source + "\n// " + run + "\n"
    }
}

/// Each name is an alias for the next, and the last one for a forbidden macro.
fn chain() -> String {
    const LENGTH: u32 = 40_000;
    let links = (0..LENGTH).map(|number| format!("use a{} as a{number};\n", number + 1));
    links.chain([format!("use std::env as a{LENGTH};\n"), "const HOME: &str = a0!(\"HOME\");\n".into()]).collect()
}

fn repeated(source: &str) -> String {
    let mut parts = source.split("{REPEAT ");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (count, rest) = part.split_once(' ').expect("a count and a text");
        let (text, rest) = rest.split_once('}').expect("a brace closes what is repeated");
        whole += &text.repeat(count.parse().expect("a count"));
        whole += rest;
    }
    whole
}
