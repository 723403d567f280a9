//! What a test demands can be read above it: the manifest's `says` is the documentation of its function in `tests/quest.rs`.

use anyhow::Context as _;
use std::fs;
use std::path::Path;
use xtask::course::Quest;

/// A sentence for each test whose documentation is not the manifest's `says`.
pub fn check(quest: &Quest) -> anyhow::Result<Vec<String>> {
    let sources = sources(&quest.folder)?;
    let difference_of = |(name, says)| sources.iter().find_map(|source| difference(source, name, says));
    Ok(quest.tests().map(|(_, test)| (test.name.as_str(), test.says.as_str())).filter_map(difference_of).collect())
}

/// What `tests/quest.rs` holds in the quest's folder, and in those folders below it that are test packages.
fn sources(folder: &Path) -> anyhow::Result<Vec<String>> {
    let could_not_read = |path: &Path| format!("could not read {}", path.display());
    let mut folders = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).with_context(|| could_not_read(folder))? {
        folders.push(entry.with_context(|| could_not_read(folder))?.path());
    }
    let files = folders.iter().map(|folder| folder.join("tests").join("quest.rs")).filter(|file| file.is_file());
    files.map(|file| fs::read_to_string(&file).with_context(|| could_not_read(&file))).collect()
}

/// How the documentation of the test `name` differs from `says`. How its lines are broken makes no difference.
fn difference(source: &str, name: &str, says: &str) -> Option<String> {
    // A missing test is another check's to report.
    let documentation = documentation_of(source, name)?;
    if words(&documentation).eq(words(says)) {
        return None;
    }
    let found = if documentation.is_empty() { "nothing".to_owned() } else { format!("`{}`", documentation.trim()) };
    Some(format!("tests/quest.rs says {found} above {name}. Make it what Cargo.toml says: `/// {says}`"))
}

/// The `///` lines above a function. Its attributes, and plain comments about how it is written, may stand between.
fn documentation_of(source: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let declaration = format!("fn {name}()");
    let function = lines.iter().position(|line| line.trim_start_matches("async ").starts_with(&declaration))?;
    let above = lines[..function].iter().rev().take_while(|line| line.starts_with("//") || line.starts_with("#["));
    let mut documentation: Vec<&str> = above.filter_map(|line| line.strip_prefix("///")).collect();
    documentation.reverse();
    Some(documentation.concat())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::{difference, sources};
    use std::fs;

    const SOURCE: &str = "
/// Not a test's.
fn helper() {}

// A step

/// Tasks run in the order
/// in which they were put.
// Ties are what this test is about, so no canonical order.
#[cfg(feature = \"extra\")]
#[test]
fn fifo() {}

#[test]
fn bare() {}
";

    #[test]
    fn a_test_says_what_its_manifest_says_however_lines_are_broken() {
        assert_eq!(difference(SOURCE, "fifo", "Tasks run in the order in which they were put."), None);
    }

    #[test]
    fn wrong_and_missing_words_are_reported_with_the_right_ones() {
        let found = difference(SOURCE, "fifo", "Tasks run in any order.").expect("they differ");
        assert!(found.contains("says `Tasks run in the order in which they were put.` above fifo"), "{found}");
        assert!(found.contains("`/// Tasks run in any order.`"), "{found}");
        let found = difference(SOURCE, "bare", "It ends.").expect("it has no documentation");
        assert!(found.contains("says nothing above bare"), "{found}");
    }

    #[test]
    fn tests_of_a_package_below_the_quest_are_found() {
        let quest = tempfile::tempdir().expect("a temporary folder can be made");
        for (package, text) in [("", "own"), ("on-your-loop", "below"), ("src", "")] {
            let folder = quest.path().join(package).join("tests");
            fs::create_dir_all(&folder).expect("it is writable");
            if !text.is_empty() {
                fs::write(folder.join("quest.rs"), text).expect("it is writable");
            }
        }
        assert_eq!(sources(quest.path()).expect("they can be read"), ["own", "below"]);
    }
}
