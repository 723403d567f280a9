//! The page for a teacher.

use super::sample;
use grade::model::{Grades, Shard, State};
use grade::report::html;
use grade::similar::Group;

/// The file of a submission's page; not its name, since a name can be anything.
pub fn file(id: &str) -> String {
    let letters: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{letters}.html")
}

/// The page as this test makes it.
pub fn page(grades: &Grades) -> String {
    let group = |members: &[&str], identical, equals_solution, own| Group {
        quest: 1,
        members: members.iter().map(ToString::to_string).collect(),
        similarity: if identical { 100 } else { 71 },
        identical,
        equals_solution,
        own,
    };
    let groups = [
        group(&["ann", "bob"], false, false, 84),
        group(&["cid", "dot", sample::HOSTILE, "elsewhere"], true, false, 3),
        group(&["eve"], true, true, 0),
    ];
    html::class_report(grades, &groups, &["One name is not in the roster: s9.".into()], &|it| file(&it.id))
}
