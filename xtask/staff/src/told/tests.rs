use super::*;
use std::collections::BTreeSet;

#[test]
fn a_name_obeys_nothing_and_hides_nothing() {
    for (name, shown) in [
        ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
        ("a\u{1b}]0;title\u{7}b", "a\\u{1b}]0;title\\u{7}b"),
        ("a\u{9b}2Jb", "a\\u{9b}2Jb"),
        ("a\nb\r\tc\0\u{7f}", "a\\u{a}b\\u{d}\\u{9}c\\u{0}\\u{7f}"),
        (
            "a\u{202e}b\u{2066}\u{200b}\u{feff}\u{2028}\u{61c}\u{200f}",
            "a\\u{202e}b\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{61c}\\u{200f}",
        ),
        ("an\u{200d}na\u{ad}", "an\\u{200d}na\\u{ad}"),
        ("a\\u{1b}", "a\\\\u{1b}"),
        ("Zoë, שלום, 日本語, 👩\u{200d}💻, می\u{200c}خواهم", "Zoë, שלום, 日本語, 👩\u{200d}💻, می\u{200c}خواهم"),
    ] {
        assert_eq!(visible(name), shown);
    }
}

#[test]
fn different_names_stay_different() {
    let names =
        ["a", "a\u{1b}", "a\\u{1b}", "a\\\\u{1b}", "a\\", "a\\\\", "a\u{200b}", "a\u{200d}", "\u{200d}a", "a\\x1b"];
    assert_eq!(names.iter().map(|name| visible(name)).collect::<BTreeSet<_>>().len(), names.len());
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_unicode_is_unambiguous() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let shown = |bytes: &[u8]| visible_name(OsStr::from_bytes(bytes));
    assert_eq!(shown(b"a\xffb\xfe"), "a\\xffb\\xfe");
    assert_ne!(shown(b"a\xff"), shown(b"a\xfe"));
    assert_ne!(shown(b"a\xff"), shown("a\u{fffd}".as_bytes()));
    assert_ne!(shown(b"a\xff"), shown(b"a\\xff"));
    assert_eq!(visible_path(Path::new(OsStr::from_bytes(b"/x/a\xff\x1b"))), "/x/a\\xff\\u{1b}");
}

#[test]
fn a_text_that_is_cut_keeps_its_beginning_and_its_end_and_says_so() {
    let text = format!("first\n{}\nlast", "é🦀\n".repeat(100_000));
    for most in [200, 201, 202, 203, 1_000, TEXT] {
        let short = cut(&text, most);
        assert!(short.len() <= most, "{} of {most}", short.len());
        assert!(short.starts_with("first\n") && short.ends_with("\nlast"), "{short}");
        let kept = short.len() - short.lines().find(|line| line.starts_with('[')).expect("a sentence").len() - 2;
        assert!(short.contains(&format!("[{} bytes are left out here]", text.len() - kept)), "{short}");
        assert_eq!(cut(&short, most), short);
    }
    assert_eq!(cut("short", 5), "short");
    assert!(cut_line(&text, 300).len() <= 300);
}

#[test]
fn the_first_difference_is_kept_wherever_it_is() {
    let lines = |count: usize| (0..count).fold(String::new(), |text, line| text + &format!("{line} ms  Task  beat\n"));
    for at in [0, 10, 5_000, 89_999] {
        let seen = lines(90_000).replace(&format!("\n{at} ms"), &format!("\n{at} ms DIFFERENT")).replacen(
            "0 ms",
            if at == 0 { "DIFFERENT" } else { "0 ms" },
            1,
        );
        let (expected, seen) = cut_both(&lines(90_000), &seen, TEXT);
        assert!(expected.len() <= TEXT && seen.len() <= TEXT, "{} {}", expected.len(), seen.len());
        assert!(seen.contains("DIFFERENT"), "{at}: {seen}");
        assert!(expected.contains(&format!("{at} ms  Task")), "{at}");
        assert!(seen.contains("bytes are left out here]"));
        assert_eq!(cut_both(&expected, &seen, TEXT), (expected.clone(), seen.clone()));
    }
    let (short, long) = cut_both("0 ms\n", &lines(90_000), TEXT);
    assert_eq!(short, "0 ms\n");
    assert!(long.len() <= TEXT);
    // One line without an end, as from a program that prints no line ends.
    let (one, other) = cut_both(&"é".repeat(1 << 20), &format!("{}x", "é".repeat(1 << 20)), TEXT);
    assert!(one.len() <= TEXT && other.len() <= TEXT);
}

#[test]
fn a_text_keeps_its_lines_and_loses_what_a_terminal_obeys() {
    assert_eq!(tame("a\tb\r\nc\u{1b}[31m\u{202e}\u{85}"), "a\tb\nc\\u{1b}[31m\\u{202e}\\u{85}");
    let tamed = tame("\u{9b}2J");
    assert_eq!(tame(&tamed), tamed);
}

#[test]
fn no_escape_is_cut_in_two() {
    let text = tame(&"\u{1b}".repeat(1_000));
    for most in 100..120 {
        let short = cut(&text, most);
        let whole =
            short.lines().filter(|line| !line.starts_with('[')).all(|line| line.replace("\\u{1b}", "").is_empty());
        assert!(whole && short.len() <= most, "{short}");
    }
}
