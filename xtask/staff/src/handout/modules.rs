//! Finds the files of a crate: its root, and every module that they declare.

use anyhow::{Context as _, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// `root` and the files of all its modules, relative to `folder`.
pub fn below(folder: &Path, root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = vec![root.to_owned()];
    let mut next = 0;
    while let Some(file) = files.get(next).cloned() {
        let path = folder.join(&file);
        let source = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
        // The modules of a crate's root and of a `mod.rs` are next to it, those of other files in a folder of its name.
        let is_beside = next == 0 || file.ends_with("mod.rs");
        let modules = if is_beside { file.parent().map(Path::to_owned) } else { Some(file.with_extension("")) };
        let modules = modules.expect("a file has a folder");
        for name in declared(&source) {
            let places = [modules.join(name).with_extension("rs"), modules.join(name).join("mod.rs")];
            let Some(place) = places.into_iter().find(|place| folder.join(place).is_file()) else {
                bail!("{} declares the module `{name}`, which has no file", path.display());
            };
            files.push(place);
        }
        next += 1;
    }
    Ok(files)
}

/// The modules in files of their own. Each declaration is one line, as `cargo fmt` writes it.
fn declared(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (before, name) = line.trim().strip_suffix(';')?.rsplit_once("mod ")?;
        let is_name = name.chars().all(|character| character.is_alphanumeric() || character == '_');
        let is_declared = before.is_empty() || (before.starts_with("pub") && before.ends_with(' '));
        (is_name && is_declared).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_with_a_file_is_found_and_nothing_else() {
        let source =
            "mod a;\npub mod b;\n    pub(crate) mod c_1;\nmod d {\n// mod e;\nuse x::mod_f;\nlet g = \"mod g;\";\n";
        assert_eq!(declared(source).collect::<Vec<_>>(), ["a", "b", "c_1"]);
    }

    #[test]
    fn modules_are_looked_for_where_the_compiler_does() {
        let folder = std::env::temp_dir().join(format!("grade-modules-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let files = [
            ("tests/quest.rs", "mod scenario;\nmod probe;"),
            ("tests/probe.rs", "mod deep;"),
            ("tests/probe/deep.rs", ""),
            ("tests/scenario/mod.rs", "pub mod drawn;"),
            ("tests/scenario/drawn.rs", ""),
            ("tests/stray.rs", ""),
        ];
        for (file, source) in files {
            fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            fs::write(folder.join(file), source).unwrap();
        }
        let found = below(&folder, Path::new("tests/quest.rs")).unwrap();
        let expected = [
            "tests/quest.rs",
            "tests/scenario/mod.rs",
            "tests/probe.rs",
            "tests/scenario/drawn.rs",
            "tests/probe/deep.rs",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
        fs::write(folder.join("tests/probe.rs"), "mod nowhere;").unwrap();
        let error = below(&folder, Path::new("tests/quest.rs")).unwrap_err().to_string();
        assert!(error.contains("probe.rs declares the module `nowhere`"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
