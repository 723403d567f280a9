//! Ids, and file names for them. Names of submissions may contain anything that a learner or a platform puts there.

use crate::fingerprint;
use crate::text::truncate::{MAX_LINE, truncate_line};
use std::borrow::Cow;

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

/// A file name for the submission `id`, without extension. It is valid on every system, and different for every id, even on file
/// systems that ignore case.
pub fn file_name(id: &str) -> String {
    const LONGEST: usize = 60;
    if id.len() <= LONGEST && id.chars().all(is_plain) && !id.starts_with(['.', '-']) && !is_device(id) {
        return id.to_owned();
    }
    let readable: String = id.chars().take(LONGEST).map(|c| if is_readable(c) { c } else { '-' }).collect();
    // No plain name contains a tilde.
    format!("{}~{}", readable.trim_matches('-'), &fingerprint::of(id.as_bytes())[..16])
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')
}

fn is_readable(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
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
            assert!(name.contains('~') && name.len() <= 80, "{id:?} {name}");
            assert!(name.chars().all(|c| is_readable(c) || c == '~'), "{id:?} {name}");
        }
        assert!(file_name("Anna Müller_17").starts_with("Anna-M-ller_17~"));
    }

    #[test]
    fn different_ids_have_different_names_where_case_does_not_count() {
        let first = file_name("Anna");
        let ids = ["Anna", "anna", "ANNA", "anna.", "anna ", "an/na", "an:na", "an-na", &first.to_lowercase()];
        let names: BTreeSet<String> = ids.iter().map(|id| file_name(id).to_lowercase()).collect();
        assert_eq!(names.len(), ids.len());
    }

    #[test]
    fn names_stay_the_same_in_every_release() {
        assert_eq!(file_name("Anna"), "Anna~ae0eebb215920e56");
    }
}
