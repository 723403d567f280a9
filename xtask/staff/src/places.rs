//! The grader's machine in what is told of it: compilers and linkers name files where only this machine has them. They are not the
//! learner's, and another machine would name others, so every report has words for them.

use crate::model::QuestGrade;
use std::env;
use std::path::{Path, PathBuf};

/// What lies where, and the word for it.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The deepest first.
    known: Vec<(String, Word)>,
}

/// How a place is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The last name of a path in it says which file it is.
    Folder(&'static str),
    /// No name in it says anything: it is another one each time.
    Passing(&'static str),
}

impl Places {
    /// The places of this machine. `stage` is where submissions are built, `course` the course.
    pub fn of(course: &Path, stage: &Path) -> Self {
        let set = |name: &str| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut places = vec![
            (stage.join("target"), Word::Passing("<built file>")),
            (stage.to_owned(), Word::Folder("<stage>")),
            (course.join("target"), Word::Passing("<built file>")),
            (course.to_owned(), Word::Folder("<course>")),
            (env::temp_dir(), Word::Passing("<temporary file>")),
        ];
        let more = [
            ("RUSTUP_HOME", Word::Folder("<toolchain>")),
            ("CARGO_HOME", Word::Folder("<cargo>")),
            ("TMPDIR", Word::Passing("<temporary file>")),
        ];
        places.extend(more.into_iter().filter_map(|(name, word)| Some((set(name)?, word))));
        if let Some(home) = env::home_dir() {
            places.push((home.join(".rustup"), Word::Folder("<toolchain>")));
            places.push((home.join(".cargo"), Word::Folder("<cargo>")));
            places.push((home, Word::Folder("<home>")));
        }
        // Where compilers were built, and where they are when nobody has said so.
        places.push(("/rustc".into(), Word::Folder("<toolchain>")));
        for linker in ["/tmp", "/var/tmp", "/var/folders"] {
            places.push((linker.into(), Word::Passing("<temporary file>")));
        }
        Self::new(places)
    }

    /// The compiler's own folder as well.
    #[must_use]
    pub fn with_toolchain(mut self, sysroot: &Path) -> Self {
        self.add(sysroot, Word::Folder("<toolchain>"));
        self.sort();
        self
    }

    fn new(places: impl IntoIterator<Item = (PathBuf, Word)>) -> Self {
        let mut new = Self::default();
        for (path, word) in places {
            new.add(&path, word);
        }
        new.sort();
        new
    }

    /// The path as it was named and as it is: where `/tmp` is a link, some messages have the one and some the other.
    fn add(&mut self, path: &Path, word: Word) {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        for path in [path, &real] {
            let text = path.to_string_lossy().trim_end_matches(['/', '\\']).to_owned();
            // The root itself is no place of this machine alone.
            if text.len() > 2 && path.is_absolute() && self.known.iter().all(|(other, _)| *other != text) {
                self.known.push((text, word));
            }
        }
    }

    fn sort(&mut self) {
        self.known.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    }

    /// The grade with words for places in everything that it says.
    pub fn left_out_of(&self, quest: &mut QuestGrade) {
        let mend = |text: &mut String| *text = self.left_out(text);
        mend(&mut quest.detail);
        for test in &mut quest.tests {
            mend(&mut test.why);
            mend(&mut test.output);
            // What was expected is the course's, and what was seen is compared with it: nothing there is a compiler's.
        }
    }

    /// The text with words for places.
    pub fn left_out(&self, text: &str) -> String {
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
        while let Some((start, path, word)) = self.first(rest) {
            mended.push_str(&rest[..start]);
            let after = &rest[start + path.len()..];
            let end = after.find(|c: char| c.is_whitespace() || "\"'`<>|;,:()[]{}".contains(c)).unwrap_or(after.len());
            let inner = &after[..end];
            match (word, inner.rsplit(['/', '\\']).next()) {
                (Word::Folder(word), Some(name)) if !name.is_empty() => mended.extend([word, "/", name]),
                (Word::Folder(word) | Word::Passing(word), _) => mended.push_str(word),
            }
            rest = &after[end..];
        }
        mended + rest
    }

    /// The first place that is named in the text, at the beginning of a path.
    fn first<'a>(&'a self, text: &str) -> Option<(usize, &'a str, Word)> {
        let found = self.known.iter().filter_map(|(path, word)| {
            let starts = text.match_indices(path.as_str()).map(|(start, _)| start);
            let is_path = |start: &usize| {
                let before = text[..*start].chars().next_back();
                let after = text[start + path.len()..].chars().next();
                before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '/' | '~'))
                    && after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'))
                    || text[..*start].ends_with("-L")
            };
            Some((starts.into_iter().find(is_path)?, path.as_str(), *word))
        });
        found.min_by_key(|(start, path, _)| (*start, std::cmp::Reverse(path.len())))
    }
}

/// Notes of the compiler's about a file that it has written on this machine.
fn is_about_a_file_here(line: &str) -> bool {
    line.contains("the full type name has been written to")
        || line.contains("the full name for the type has been written to")
        || line.contains("consider using `--verbose` to print the full type name to the console")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let path = |path: &str| if cfg!(windows) { format!("C:{path}") } else { path.to_owned() };
        Places::new([
            (path("/srv/course/target").into(), Word::Passing("<built file>")),
            (path("/srv/course").into(), Word::Folder("<course>")),
            (path("/home/t").into(), Word::Folder("<home>")),
            (path("/home/t/.cargo").into(), Word::Folder("<cargo>")),
            (path("/home/t/.rustup").into(), Word::Folder("<toolchain>")),
            (path("/scratch/tmp").into(), Word::Passing("<temporary file>")),
        ])
    }

    #[cfg(unix)]
    #[test]
    fn every_place_of_the_machine_has_a_word() {
        for (text, told) in [
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
            assert_eq!(places().left_out(text), told);
        }
    }

    #[test]
    fn a_file_that_the_compiler_wrote_here_is_not_told() {
        let text = "error: a\n  = note: the full type name has been written to '/x/y.long-type-12.txt'\n  = note: consider using `--verbose` to print the full type name to the console\n  = help: b";
        assert_eq!(places().left_out(text), "error: a\n  = help: b");
    }

    #[cfg(unix)]
    #[test]
    fn this_machines_own_places_are_known() {
        let places = Places::of(Path::new("/course"), Path::new("/stage")).with_toolchain(Path::new("/opt/rust"));
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
            let told = places.left_out(&format!("at `{}`", path.display()));
            assert!(!told.contains('/') || told.ends_with(">/x`"), "{told}");
        }
    }
}
