//! Canvas names each file of a download, as `lovelaceada_LATE_12345_67890_learner.rs`: the learner's name in lower case, whether it was late,
//! and the numbers of the learner and of the attachment. The names are made in
//! <https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb>.

use super::{PlatformName, is_number, learner};

pub fn parse(name: &str) -> Option<PlatformName> {
    let parts: Vec<&str> = name.split('_').collect();
    anonymous(&parts).or_else(|| by_number(&parts))
}

/// `lovelaceada_12345_67890_learner.rs`, or `lovelaceada_12345_text.html` for what was typed into Canvas.
fn by_number(parts: &[&str]) -> Option<PlatformName> {
    let student = (1..parts.len()).find(|index| {
        is_number(parts[*index])
            && (follows_number(parts, *index) || is_typed(parts.get(*index + 1..).unwrap_or_default()))
    })?;
    Some(named(&parts[..student], parts[student], &parts[student + 1..]))
        .map(|name| PlatformName { learner: learner([("canvas_id", parts[student])]), ..name })
}

/// `anon_aB3dE_67890_learner.rs`, or `LATE_anon_…`
fn anonymous(parts: &[&str]) -> Option<PlatformName> {
    let start = usize::from(parts.first() == Some(&"LATE"));
    let [anon, code, rest @ ..] = parts.get(start..)? else { return None };
    let has_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_attachment = rest.len() > 1 && is_number(rest[0]);
    (*anon == "anon" && has_code && (is_attachment || is_typed(rest)))
        .then(|| named(&parts[..=start], code, &parts[start + 2..]))
}

fn named(before: &[&str], student: &str, after: &[&str]) -> PlatformName {
    let is_late = before.contains(&"LATE");
    let before: Vec<&str> = before.iter().copied().filter(|part| *part != "LATE").collect();
    let is_online_text = is_typed(after);
    let file = if is_online_text { after } else { &after[1..] };
    PlatformName {
        key: format!("canvas {student}"),
        id: format!("{}_{student}", before.join("_")).trim_start_matches('_').to_owned(),
        learner: learner([]),
        is_late,
        is_online_text,
        file: file.join("_"),
    }
}

/// Whether the number of the attachment and the name of the file follow.
fn follows_number(parts: &[&str], student: usize) -> bool {
    parts.len() > student + 2 && is_number(parts[student + 1])
}

fn is_typed(rest: &[&str]) -> bool {
    matches!(rest, ["text.html" | "link.html"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_canvas_are_known() {
        for (name, id, number, file, is_late) in [
            ("lovelaceada_12_34_hw.zip", "lovelaceada_12", "12", "hw.zip", false),
            ("lovelaceada_LATE_12_34_learner-1.rs", "lovelaceada_12", "12", "learner-1.rs", true),
            ("_12_34_a_5_6_b.rs", "12", "12", "a_5_6_b.rs", false),
            ("李雷_12_34_quest_03_queue.rs", "李雷_12", "12", "quest_03_queue.rs", false),
        ] {
            let parsed = parse(name).unwrap();
            assert_eq!((parsed.id.as_str(), parsed.learner["canvas_id"].as_str()), (id, number), "{name}");
            assert_eq!((parsed.file.as_str(), parsed.is_late), (file, is_late), "{name}");
        }
        let anonymous = parse("LATE_anon_aB3dE_67890_learner.rs").unwrap();
        assert_eq!((anonymous.id.as_str(), anonymous.is_late), ("anon_aB3dE", true));
        assert_eq!(anonymous.file, "learner.rs");
        assert!(parse("lovelaceada_12_text.html").unwrap().is_online_text);
        for other in ["anna_12345-hw", "quest_03_queue.rs", "anna_1_hw.zip", "anna.zip"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
