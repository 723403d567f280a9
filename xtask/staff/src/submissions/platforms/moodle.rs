//! Moodle names a folder for each learner and each kind of submission, or, as the teacher has set it, each file. The names are made in
//! `download_submissions` of <https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/locallib.php>. Until 4.0, those of
//! folders end in `_`.

use super::{PlatformName, is_number, learner};

/// What follows the number of the participant.
const WORD: &str = "_assignsubmission_";

pub fn parse(name: &str) -> Option<PlatformName> {
    let (before, kind, after) = name
        .match_indices(WORD)
        .find_map(|(start, _)| {
            Some((&name[..start], &name[start + WORD.len()..])).filter(|(before, _)| is_person(before))
        })
        .and_then(|(before, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            (end > 0).then(|| (before, &rest[..end], &rest[end..]))
        })?;
    let (person, participant) = before.rsplit_once('_')?;
    let file = after.strip_prefix('_').unwrap_or(after);
    let id = if file.is_empty() { name.to_owned() } else { format!("{before}{WORD}{kind}") };
    // With anonymous submissions, the name is the word for a participant in the teacher's language.
    let columns = learner([("moodle_id", participant), ("name", person)]);
    Some(PlatformName {
        key: format!("moodle {participant}"),
        id,
        learner: columns,
        is_late: false,
        is_online_text: kind == "onlinetext",
        file: file.to_owned(),
    })
}

/// `Ada Lovelace_12345`
fn is_person(text: &str) -> bool {
    text.rsplit_once('_').is_some_and(|(_, number)| is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_of_every_version_are_known() {
        for (name, id, number, file) in [
            ("Ada Lovelace_12345_assignsubmission_file_", "Ada Lovelace_12345_assignsubmission_file_", "12345", ""),
            ("Åse Ø_7_assignsubmission_file", "Åse Ø_7_assignsubmission_file", "7", ""),
            ("Participant_12_assignsubmission_file_", "Participant_12_assignsubmission_file_", "12", ""),
            ("李 雷_9_assignsubmission_file_learner.rs", "李 雷_9_assignsubmission_file", "9", "learner.rs"),
            (
                "Team 1-O'Neil_3_assignsubmission_file_a_4_assignsubmission_file_b.rs",
                "Team 1-O'Neil_3_assignsubmission_file",
                "3",
                "a_4_assignsubmission_file_b.rs",
            ),
        ] {
            let parsed = parse(name).unwrap();
            assert_eq!((parsed.id.as_str(), parsed.learner["moodle_id"].as_str()), (id, number), "{name}");
            assert_eq!((parsed.file.as_str(), parsed.is_online_text), (file, false), "{name}");
        }
        let text = parse("Ada Lovelace_12345_assignsubmission_onlinetext_onlinetext.html").unwrap();
        assert!(text.is_online_text);
        assert_eq!(text.key, parse("Ada Lovelace_12345_assignsubmission_file_").unwrap().key);
        for other in ["Ada Lovelace_12345", "Ada_x1_assignsubmission_file", "_assignsubmission_file", "quest-03-queue"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
