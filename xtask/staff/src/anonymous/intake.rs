//! What the grader says about the files that were handed in, without their names. Learners and platforms choose the
//! names of files, folders and archives, so any of them may name a learner, in a form that no roster has. None is shown.

/// Endings that explain a sentence, and name nobody.
const ENDINGS: [&str; 8] = [".rs", ".zip", ".tar.gz", ".tgz", ".tar", ".gz", ".rar", ".7z"];

/// The sentence with `…` for everything that it names: what stands between backticks, and what follows a colon.
///
/// A name may hold a backtick or a colon itself. So everything from the first backtick to the last one goes.
pub fn without_names(text: &str) -> String {
    let quoted = text.find('`').zip(text.rfind('`'));
    let (before, named, after) = match quoted {
        Some((first, last)) if first < last => (&text[..first], Some(&text[first + 1..last]), &text[last + 1..]),
        Some((first, _)) => (&text[..first], Some(""), ""),
        None => (text, None, ""),
    };
    if let Some((before, _)) = before.split_once(": ") {
        return format!("{before}: …");
    }
    let named = named.map(|named| {
        let ending = ENDINGS.iter().find(|ending| named.ends_with(**ending));
        format!("`…{}`", ending.copied().unwrap_or_default())
    });
    let after = match after.split_once(": ") {
        Some((after, _)) => format!("{after}: …"),
        None => after.to_owned(),
    };
    format!("{before}{}{after}", named.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_not_shown_and_what_happened_is() {
        for (text, shown) in [
            ("The platform marks it as late.", "The platform marks it as late."),
            (
                "Handed in by a group, and each member gets this score: ada@example.org, 333.",
                "Handed in by a group, and each member gets this score: …",
            ),
            ("No quest was recognized in: Ada: mine.rar, 1. A file is …", "No quest was recognized in: …"),
            ("`Ada L_q.rs` is not the file of any quest", "`….rs` is not the file of any quest"),
            ("`1.rar` is neither a folder nor an archive", "`….rar` is neither a folder nor an archive"),
            ("Of several files for quest 1, `a.rs` counts, and not `ada/b`", "Of several files for quest 1, `…`"),
            ("`x` Ada `y: z.rs` is larger than 1 MiB", "`….rs` is larger than 1 MiB"),
            ("`ada.zip` was not read: RAR", "`….zip` was not read: …"),
            ("it is `broken", "it is `…`"),
            ("2 folders are of one learner: class/Ada_1 and class/Ada_1_", "2 folders are of one learner: …"),
        ] {
            assert_eq!(without_names(text), shown, "{text}");
        }
    }
}
