//! Removes the instructors' sections from the README. HTML comments mark them.

use anyhow::bail;

const BEGIN: &str = "<!-- instructors -->";
const END: &str = "<!-- /instructors -->";

/// The text without the instructors' sections.
pub fn for_learners(text: &str) -> anyhow::Result<String> {
    let mut kept = String::new();
    let mut begun = None;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        match (line.trim(), begun) {
            (BEGIN, None) => begun = Some(number),
            (END, Some(_)) => begun = None,
            (BEGIN, Some(first)) => {
                bail!("`{BEGIN}` on line {number} is inside the section that begins on line {first}")
            }
            (END, None) => bail!("`{END}` on line {number} has no matching `{BEGIN}`"),
            // An empty line before a section and one after it become one.
            ("", None) if kept.is_empty() || kept.ends_with("\n\n") || kept.ends_with("\r\n\r\n") => {}
            (_, None) => kept.push_str(line),
            (_, Some(_)) => {}
        }
    }
    if let Some(first) = begun {
        bail!("the section that begins on line {first} does not end: `{END}` is missing");
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::for_learners;

    #[test]
    fn what_is_between_the_marks_is_left_out() {
        let text = "# Title\n\n<!-- instructors -->\nsecret\n\nmore\n<!-- /instructors -->\n\nEnd\n";
        assert_eq!(for_learners(text).unwrap(), "# Title\n\nEnd\n");
        assert_eq!(for_learners(&text.replace('\n', "\r\n")).unwrap(), "# Title\r\n\r\nEnd\r\n");
    }

    #[test]
    fn marks_that_do_not_match_are_an_error() {
        for text in
            ["<!-- instructors -->\na", "a\n<!-- /instructors -->", "<!-- instructors -->\n<!-- instructors -->"]
        {
            assert!(for_learners(text).is_err(), "{text}");
        }
    }
}
