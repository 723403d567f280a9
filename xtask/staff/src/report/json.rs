//! `grades.json`: [`Grades`] itself, for other programs and for merging shards.

use crate::model::Grades;

/// The document, with a line end.
pub fn render(grades: &Grades) -> String {
    let mut text = serde_json::to_string_pretty(grades).expect("grades hold nothing that JSON cannot say");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::class;

    #[test]
    fn what_is_written_is_read_again() {
        let grades = class();
        let text = render(&grades);
        assert_eq!(serde_json::from_str::<Grades>(&text).expect("it is JSON of this form"), grades);
        assert!(text.ends_with("}\n"));
        assert!(text.lines().count() > 100, "for people, too: a field a line");
    }

    #[test]
    fn an_unknown_score_is_null() {
        let grades = class();
        let unknown =
            grades.submissions.iter().flat_map(|graded| &graded.quests).filter(|quest| quest.earned.is_none());
        assert_eq!(render(&grades).matches("\"earned\": null").count(), unknown.count());
    }
}
