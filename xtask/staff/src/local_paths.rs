//! Replaces local paths in reports by placeholders. Compilers and linkers mention paths of the grading machine, which are of no
//! use to learners, and differ between machines.

use crate::model::QuestGrade;
use std::env;
use std::path::{Path, PathBuf};

/// The known paths, and their placeholders.
#[derive(Debug, Clone, Default)]
pub struct LocalPaths {
    /// The deepest first.
    known: Vec<(String, Placeholder)>,
}

/// What replaces a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    /// The placeholder is followed by the file name.
    Folder(&'static str),
    /// File names in it are random, and are left out.
    Temporary(&'static str),
}

impl LocalPaths {
    /// The paths of this machine.
    pub fn of(course: &Path, stage: &Path) -> Self {
        let set = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut places = vec![
            (stage.join("target"), Placeholder::Temporary("<built file>")),
            (stage.to_owned(), Placeholder::Folder("<stage>")),
            (course.join("target"), Placeholder::Temporary("<built file>")),
            (course.to_owned(), Placeholder::Folder("<course>")),
            (env::temp_dir(), Placeholder::Temporary("<temporary file>")),
        ];
        let more = [
            ("RUSTUP_HOME", Placeholder::Folder("<toolchain>")),
            ("CARGO_HOME", Placeholder::Folder("<cargo>")),
            ("TMPDIR", Placeholder::Temporary("<temporary file>")),
        ];
        places.extend(more.into_iter().filter_map(|(name, placeholder)| Some((set(name)?, placeholder))));
        if let Some(home) = env::home_dir() {
            places.push((home.join(".rustup"), Placeholder::Folder("<toolchain>")));
            places.push((home.join(".cargo"), Placeholder::Folder("<cargo>")));
            places.push((home, Placeholder::Folder("<home>")));
        }
        // Where the compiler was built, and the usual temporary folders.
        places.push(("/rustc".into(), Placeholder::Folder("<toolchain>")));
        for linker in ["/tmp", "/var/tmp", "/var/folders"] {
            places.push((linker.into(), Placeholder::Temporary("<temporary file>")));
        }
        Self::new(places)
    }

    /// Adds the compiler's folder.
    #[must_use]
    pub fn with_toolchain(mut self, sysroot: &Path) -> Self {
        self.add(sysroot, Placeholder::Folder("<toolchain>"));
        self.sort();
        self
    }

    fn new(places: impl IntoIterator<Item = (PathBuf, Placeholder)>) -> Self {
        let mut new = Self::default();
        for (path, placeholder) in places {
            new.add(&path, placeholder);
        }
        new.sort();
        new
    }

    /// Adds the path and its canonical form: if `/tmp` is a link, messages contain either.
    fn add(&mut self, path: &Path, placeholder: Placeholder) {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        for path in [path, &real] {
            let text = path.to_string_lossy().trim_end_matches(['/', '\\']).to_owned();
            // Every machine has the root folder.
            if text.len() > 2 && path.is_absolute() && self.known.iter().all(|(other, _)| *other != text) {
                self.known.push((text, placeholder));
            }
        }
    }

    fn sort(&mut self) {
        self.known.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    }

    /// Replaces local paths in all texts of the grade.
    pub fn redact_quest(&self, quest: &mut QuestGrade) {
        let mend = |text: &mut String| *text = self.redact(text);
        mend(&mut quest.detail);
        for test in &mut quest.tests {
            mend(&mut test.why);
            mend(&mut test.output);
            // `expected` and `seen` contain no compiler messages, and must stay comparable.
        }
    }

    /// Replaces local paths in a text.
    pub fn redact(&self, text: &str) -> String {
        let lines: Vec<String> =
            text.lines().filter(|line| !is_about_a_file_here(line)).map(|line| self.in_line(line)).collect();
        let mut mended = lines.join("\n");
        if text.ends_with('\n') {
            mended.push('\n');
        }
        mended
    }

    fn in_line(&self, line: &str) -> String {
        let mut mended = String::new();
        let mut rest = line;
        while let Some((start, path, placeholder)) = self.first(rest) {
            mended.push_str(&rest[..start]);
            let after = &rest[start + path.len()..];
            let end = after.find(|c: char| c.is_whitespace() || "\"'`<>|;,:()[]{}".contains(c)).unwrap_or(after.len());
            let inner = &after[..end];
            match (placeholder, inner.rsplit(['/', '\\']).next()) {
                (Placeholder::Folder(placeholder), Some(name)) if !name.is_empty() => {
                    mended.extend([placeholder, "/", name]);
                }
                (Placeholder::Folder(placeholder) | Placeholder::Temporary(placeholder), _) => {
                    mended.push_str(placeholder);
                }
            }
            rest = &after[end..];
        }
        mended + rest
    }

    /// The first known path in the text.
    fn first<'a>(&'a self, text: &str) -> Option<(usize, &'a str, Placeholder)> {
        let found = self.known.iter().filter_map(|(path, placeholder)| {
            let starts = text.match_indices(path.as_str()).map(|(start, _)| start);
            let is_path = |start: &usize| {
                let before = text[..*start].chars().next_back();
                let after = text[start + path.len()..].chars().next();
                before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '/' | '~'))
                    && after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'))
                    || text[..*start].ends_with("-L")
            };
            Some((starts.into_iter().find(is_path)?, path.as_str(), *placeholder))
        });
        found.min_by_key(|(start, path, _)| (*start, std::cmp::Reverse(path.len())))
    }
}

/// Whether it is a note of the compiler about a file that it wrote on this machine.
fn is_about_a_file_here(line: &str) -> bool {
    line.contains("the full type name has been written to")
        || line.contains("the full name for the type has been written to")
        || line.contains("consider using `--verbose` to print the full type name to the console")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> LocalPaths {
        let path = |path: &str| if cfg!(windows) { format!("C:{path}") } else { path.to_owned() };
        LocalPaths::new([
            (path("/srv/course/target").into(), Placeholder::Temporary("<built file>")),
            (path("/srv/course").into(), Placeholder::Folder("<course>")),
            (path("/home/t").into(), Placeholder::Folder("<home>")),
            (path("/home/t/.cargo").into(), Placeholder::Folder("<cargo>")),
            (path("/home/t/.rustup").into(), Placeholder::Folder("<toolchain>")),
            (path("/scratch/tmp").into(), Placeholder::Temporary("<temporary file>")),
        ])
    }

    #[cfg(unix)]
    #[test]
    fn every_place_of_the_machine_has_a_word() {
        for (text, message) in [
            (
                "  = note:  \"cc\" \"-m64\" \"/scratch/tmp/rustcAb12/symbols.o\" \"/srv/course/target/grade/stage-1/x-0f.o\"",
                "  = note:  \"cc\" \"-m64\" \"<temporary file>\" \"<built file>\"",
            ),
            ("\"-L/home/t/.rustup/toolchains/a/lib\" x", "\"-L<toolchain>/lib\" x"),
            ("--> /home/t/.cargo/registry/src/index/tokio-1/src/lib.rs:7:5", "--> <cargo>/lib.rs:7:5"),
            ("`/srv/course/timeline/src/sync.rs`, /home/t/x", "`<course>/sync.rs`, <home>/x"),
            ("in /srv/course", "in <course>"),
            ("in /srv/course/", "in <course>"),
            ("`/srv/courses/a` and a/srv/course/b, /home/tim", "`/srv/courses/a` and a/srv/course/b, /home/tim"),
            ("two\nlines /home/t/a\n", "two\nlines <home>/a\n"),
        ] {
            assert_eq!(places().redact(text), message);
        }
    }

    #[test]
    fn notes_about_files_that_the_compiler_wrote_are_removed() {
        let text = "error: a\n  = note: the full type name has been written to '/x/y.long-type-12.txt'\n  = note: consider using `--verbose` to print the full type name to the console\n  = help: b";
        assert_eq!(places().redact(text), "error: a\n  = help: b");
    }

    #[cfg(unix)]
    #[test]
    fn this_machines_own_places_are_known() {
        let places = LocalPaths::of(Path::new("/course"), Path::new("/stage")).with_toolchain(Path::new("/opt/rust"));
        let home = env::home_dir().expect("tests have a home");
        let here = [
            home.join(".cargo/registry/x"),
            home.join("secret/x"),
            env::temp_dir().join("x"),
            "/opt/rust/x".into(),
            "/course/x".into(),
            "/stage/target/x".into(),
        ];
        for path in here {
            let message = places.redact(&format!("at `{}`", path.display()));
            assert!(!message.contains('/') || message.ends_with(">/x`"), "{message}");
        }
    }
}
