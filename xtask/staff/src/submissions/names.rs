//! Ids, and file names for them. Names of submissions may contain anything that a learner or a platform puts there.

use crate::fingerprint;
use crate::text::truncate::{MAX_LINE, truncate_line};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The id for an escaped name: the name itself, unless it is too long for reports. Different names have different ids, and no
/// report shortens an id further.
pub fn id(escaped: &str) -> Cow<'_, str> {
    const DIGITS: usize = 16;
    if escaped.len() <= MAX_LINE {
        return escaped.into();
    }
    let beginning = truncate_line(escaped, MAX_LINE - DIGITS - 1);
    format!("{beginning}~{}", &fingerprint::of(escaped.as_bytes())[..DIGITS]).into()
}

/// The name without an archive's ending.
pub fn without_archives_ending(name: &str) -> &str {
    without_one_of(ARCHIVES, name).unwrap_or(name)
}

/// The name without the ending of an archive, or of another file that learners hand in. What follows the last point of
/// another name may belong to it, as in `j.smith`.
pub fn without_ending(name: &str) -> &str {
    without_one_of(ARCHIVES, name).or_else(|| without_one_of(FILES, name)).unwrap_or(name)
}

/// The endings of archives, whether they can be read or not; `.tar` is cut off before any of them.
const ARCHIVES: &[&str] = &[
    "zip", "zipx", "tar", "tgz", "gz", "tbz", "tbz2", "bz2", "txz", "xz", "tzst", "zst", "lzma", "lz", "lz4", "rar",
    "7z", "cab", "iso", "jar",
];

/// The endings of other files that are handed in.
const FILES: &[&str] = &[
    "rs",
    "txt",
    "md",
    "html",
    "htm",
    "pdf",
    "doc",
    "docx",
    "odt",
    "rtf",
    "pptx",
    "xlsx",
    "png",
    "jpg",
    "jpeg",
    "heic",
    "gif",
    "mp4",
    "mov",
    "patch",
    "diff",
    "exe",
    "bin",
    "bundle",
    "crdownload",
];

fn without_one_of<'a>(endings: &[&str], name: &'a str) -> Option<&'a str> {
    let (stem, end) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
    endings.iter().find(|ending| end.eq_ignore_ascii_case(ending))?;
    let is_tar = |end: &str| end.eq_ignore_ascii_case("tar");
    Some(stem.rsplit_once('.').filter(|(inner, end)| !inner.is_empty() && is_tar(end)).map_or(stem, |(inner, _)| inner))
}

/// A file name for the submission `id`, without extension. It is valid on every system, and different for every id, even on file
/// systems that ignore case, or how letters are composed. Letters of every script stay.
pub fn file_name(id: &str) -> String {
    const LONGEST: usize = 60;
    if id.len() <= LONGEST && id.chars().all(is_plain) && !id.starts_with(['.', '-']) && !is_device(id) {
        return id.to_owned();
    }
    // Composed letters, since some systems and browsers decompose names and others do not.
    let letters = id.nfc().take(LONGEST).map(|c| if is_readable(c) { c } else { '-' });
    let mut readable = String::new();
    for letter in letters {
        if readable.len() + letter.len_utf8() > MOST_BYTES {
            break;
        }
        readable.push(letter);
    }
    // A mark without its letter would combine with whatever is before the name.
    let readable = readable.trim_start_matches(|c| c == '-' || is_combining_mark(c)).trim_end_matches('-');
    // No plain name contains a tilde.
    format!("{readable}~{}", &fingerprint::of(id.as_bytes())[..16])
}

/// The maximum number of bytes of the readable part. A file name has at most 255 bytes, or 143 in an encrypted home folder; the
/// fingerprint, the extension and the suffix of a file that is being written need 50.
const MOST_BYTES: usize = 90;

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')
}

/// Vowel signs and accents are marks in many scripts. Without them, names could not be read.
fn is_readable(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_')
}

/// Windows reserves these names, with any extension.
fn is_device(name: &str) -> bool {
    let numbered = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    matches!(name, "con" | "prn" | "aux" | "nul" | "")
        || numbered.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn only_the_endings_of_files_are_cut_off() {
        for (name, archive, any) in [
            ("anna.zip", "anna", "anna"),
            ("anna.tar.xz", "anna", "anna"),
            ("anna.TAR.BZ2", "anna", "anna"),
            ("ben.v1.7z", "ben.v1", "ben.v1"),
            ("anna.rs", "anna.rs", "anna"),
            ("anna.pdf", "anna.pdf", "anna"),
            ("j.smith", "j.smith", "j.smith"),
            ("anna.zip.zip", "anna.zip", "anna.zip"),
            (".zip", ".zip", ".zip"),
            (".tar.gz", ".tar", ".tar"),
            ("anna", "anna", "anna"),
        ] {
            assert_eq!((without_archives_ending(name), without_ending(name)), (archive, any), "{name}");
        }
    }

    #[test]
    fn usual_endings_are_no_part_of_a_name_in_any_case() {
        for (name, stem) in [
            ("anna.v1.zip", "anna.v1"),
            ("anna.Tar.GZ", "anna"),
            ("\u{e4}.tgz", "\u{e4}"),
            ("anna.tar", "anna"),
            ("anna.tar.xz", "anna"),
            ("anna.7z", "anna"),
            ("anna.docx", "anna.docx"),
            ("anna", "anna"),
            (".zip", ".zip"),
            ("\u{1f600}", "\u{1f600}"),
        ] {
            assert_eq!(without_archives_ending(name), stem, "{name}");
        }
        assert_eq!(without_ending("anna.docx"), "anna");
        assert_eq!(without_ending("j.smith"), "j.smith");
    }

    #[test]
    fn a_plain_id_is_its_own_name() {
        for id in ["anna", "anna_12345-hw", "3"] {
            assert_eq!(file_name(id), id);
        }
    }

    #[test]
    fn an_awkward_id_gets_a_name_that_every_system_takes() {
        let long = "x".repeat(300);
        for id in
            ["", ".", "..", "../../etc", "a/b", "a:b", "a\0", "con", "com1", "x ", "x.", "-rf", ".x", "Zoë", &long]
        {
            let name = file_name(id);
            assert!(name.contains('~') && name.chars().count() <= 80, "{id:?} {name}");
            assert!(name.chars().all(|c| is_readable(c) || c == '~'), "{id:?} {name}");
        }
    }

    #[test]
    fn letters_of_every_script_stay() {
        for (id, readable) in [
            ("Anna Müller_17", "Anna-Müller_17"),
            ("Łukasz Żółć", "Łukasz-Żółć"),
            ("Иван Петров", "Иван-Петров"),
            ("אברהם", "אברהם"),
            ("محمد علي", "محمد-علي"),
            ("अर्जुन शर्मा", "अर्जुन-शर्मा"),
            ("𠮷野家 太郎", "𠮷野家-太郎"),
            ("Nguyễn Thị Ánh", "Nguyễn-Thị-Ánh"),
            ("🦀crab", "crab"),
            ("\u{301}a", "a"),
        ] {
            let name = file_name(id);
            assert_eq!(name.rsplit_once('~').map(|(readable, _)| readable), Some(readable), "{id}");
        }
    }

    #[test]
    fn how_letters_are_composed_does_not_matter() {
        let (composed, decomposed) = (file_name("Zoë"), file_name("Zoe\u{308}"));
        assert!(composed.starts_with("Zoë~") && decomposed.starts_with("Zoë~"), "{composed} {decomposed}");
        assert_ne!(composed, decomposed);
        // Different also for a system that compares without regard to composition.
        assert_ne!(composed.nfd().collect::<String>(), decomposed.nfd().collect::<String>());
    }

    /// With a suffix for a file that is being written, ext4 takes no more.
    #[test]
    fn a_name_is_short_in_characters_and_in_bytes() {
        for letter in ["x", "X", "é", "日", "𠮷", "e\u{301}\u{302}\u{303}", "\u{1d15e}", "🦀"] {
            let name = file_name(&letter.repeat(300));
            assert!(name.chars().count() <= 80 && name.len() + ".html".len() <= 143 - 25, "{letter} {}", name.len());
        }
    }

    #[test]
    fn different_ids_have_different_names_where_case_does_not_count() {
        let first = file_name("Anna");
        let ids = [
            "Anna",
            "anna",
            "ANNA",
            "anna.",
            "anna ",
            "an/na",
            "an:na",
            "an-na",
            "ÄNNA",
            "änna",
            "a\u{308}nna",
            &first.to_lowercase(),
        ];
        let names: BTreeSet<String> = ids.iter().map(|id| file_name(id).to_lowercase().nfd().collect()).collect();
        assert_eq!(names.len(), ids.len());
    }

    #[test]
    fn names_stay_the_same_in_every_release() {
        assert_eq!(file_name("Anna"), "Anna~ae0eebb215920e56");
    }
}
