use super::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xtask::exit::UsageError;

fn sources(ids: &[&str]) -> Vec<FoundSubmission> {
    let folder = |id: &&str| FoundSubmission {
        id: (*id).to_owned(),
        ..FoundSubmission::new(SubmissionPath::Folder(PathBuf::from(id)))
    };
    ids.iter().map(folder).collect()
}

/// The names that the submissions get.
fn names(roster: &str, ids: &[&str]) -> Vec<(String, String)> {
    let mut sources = sources(ids);
    Roster::parse(roster.as_bytes()).unwrap().introduce(&mut sources);
    let name = |source: FoundSubmission| (source.id, source.learner.get("name").cloned().unwrap_or_default());
    sources.into_iter().map(name).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
}

fn problem(roster: impl AsRef<[u8]>) -> String {
    Roster::parse(roster.as_ref()).unwrap_err()
}

#[test]
fn spreadsheets_files_are_understood() {
    let excel =
        "\u{feff}Submission;Name;SIS User ID;;\r\nanna;\"M\u{fc}ller; Anna\";\" 007 \";;\r\n;;;;\r\nben;Ben;;;\r\n";
    let roster = Roster::parse(excel.as_bytes()).unwrap();
    assert_eq!(roster.rows.len(), 2);
    assert_eq!(
        roster.rows[0].learner,
        BTreeMap::from([("name".into(), "M\u{fc}ller; Anna".into()), ("sis_user_id".into(), "007".into())])
    );
    assert_eq!(roster.rows[1].learner, BTreeMap::from([("name".into(), "Ben".into())]));
    let plain = "e-mail,submission\na@b.example,anna";
    assert_eq!(Roster::parse(plain.as_bytes()).unwrap().rows[0].learner["e_mail"], "a@b.example");
    assert_eq!(names("name\tsubmission\nAnna, A.\tanna\n", &["anna"]), pairs(&[("anna", "Anna, A.")]));
}

#[test]
fn a_row_finds_its_submission_exactly_then_without_ending_then_in_any_case() {
    let roster = "submission,name\nanna,A\nben.zip,B\nCarl.TAR.GZ,C\n";
    let found = names(roster, &["ben", "anna", "carl"]);
    assert_eq!(found, pairs(&[("ben", "B"), ("anna", "A"), ("carl", "C")]));
    // A folder may have a name like an archive's.
    assert_eq!(names("submission,name\nanna.zip,A\n", &["anna.zip"]), pairs(&[("anna.zip", "A")]));
}

#[test]
fn the_exact_name_comes_first_and_case_is_no_guess() {
    let archives = "submission,name\nANNA.zip,big\nanna.zip,small\n";
    assert_eq!(names(archives, &["anna"]), pairs(&[("anna", "small"), ("ANNA", "big")]));
    let both = "submission,name\nANNA,big\nanna,small\n";
    assert_eq!(names(both, &["anna"]), pairs(&[("anna", "small"), ("ANNA", "big")]));
    assert_eq!(
        names("submission,name\nAnna,A\n", &["ANNA", "anna"]),
        pairs(&[("ANNA", ""), ("anna", ""), ("Anna", "A")])
    );
    assert_eq!(names(both, &["Anna"]), pairs(&[("Anna", ""), ("ANNA", "big"), ("anna", "small")]));
}

#[test]
fn learners_without_a_submission_are_listed_and_unknown_ones_named() {
    let mut sources = sources(&["bob"]);
    let unmatched = Roster::parse(b"submission\nanna.zip\n").unwrap().introduce(&mut sources);
    assert_eq!(sources[1].id, "anna");
    assert_eq!(sources[1].place, SubmissionPath::Missing);
    assert_eq!(unmatched, ["bob"]);
}

#[test]
fn two_rows_for_one_submission_are_an_error_that_names_both_lines() {
    let twice = problem("submission,name\nanna,A\nben,B\nanna.zip,C\n");
    assert_eq!(twice, "lines 2 and 4 both have the submission `anna`");
}

#[test]
fn errors_are_reported_with_their_line() {
    assert!(problem("name\nAnna\n").contains("no column `submission`"));
    assert!(problem("").contains("no column `submission`"));
    assert!(problem("submission,name\nanna,A\n,B\n").starts_with("line 3 has an empty column"));
    assert!(problem("submission,name\nanna,M\u{fc}ller, Anna\n").starts_with("line 2 has 3 cells"));
    assert!(problem("submission,Name,name\n").contains("two columns are named `name`"));
    assert!(problem(b"submission\nZo\xeb\n").contains("not UTF-8"));
}

#[test]
fn a_roster_that_is_not_there_is_the_teachers_error() {
    let error = Roster::read(Path::new("no-such-roster.csv")).unwrap_err();
    assert!(error.is::<UsageError>());
    assert!(error.to_string().contains("no-such-roster.csv"), "{error}");
}

#[test]
fn endings_of_files_do_not_matter_and_other_points_do() {
    let roster = "submission,name\nanna.rs,A\nben.tar.xz,B\nCARL.7z,C\nemil,E\nj.smith,J\n";
    let found = names(roster, &["anna", "ben", "carl", "emil.zip", "j"]);
    let expected = [("anna", "A"), ("ben", "B"), ("carl", "C"), ("emil.zip", "E"), ("j", ""), ("j.smith", "J")];
    assert_eq!(found, pairs(&expected));
    let unpacked = names("submission,name\nben.tar.xz,B\n", &[]);
    assert_eq!(unpacked, pairs(&[("ben", "B")]), "so is one who handed in nothing");
}

/// A row of a platform's file.
fn row(columns: &[(&str, &str)]) -> BTreeMap<String, String> {
    columns.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
}

#[test]
fn who_is_meant_by_no_row_or_by_two_is_without_one() {
    let mut sources = sources(&["Ben O'Neil", "ana@etf.rs", "stranger"]);
    let rows = [
        row(&[("name", "O'Neil, Ben"), ("canvas_id", "1")]),
        row(&[("name", "Ben O'Neil"), ("canvas_id", "2")]),
        row(&[("name", "Ana"), ("email", "ANA@etf.rs"), ("canvas_id", "3")]),
    ];
    assert_eq!(Roster::of_learners(rows).introduce(&mut sources), ["Ben O'Neil", "stranger"]);
    assert_eq!(sources[1].learner["canvas_id"], "3");
    assert_eq!(sources.iter().filter(|source| source.place == SubmissionPath::Missing).count(), 2);
}

#[test]
fn another_platforms_number_contradicts_a_name_but_not_a_name_of_a_submission() {
    let introduced = |roster: Roster| {
        let mut sources = sources(&["Anna"]);
        sources[0].learner = row(&[("canvas_id", "7")]);
        roster.introduce(&mut sources)
    };
    assert_eq!(introduced(Roster::of_learners([row(&[("name", "Anna"), ("canvas_id", "8")])])), ["Anna"]);
    assert_eq!(introduced(Roster::of_learners([row(&[("name", "Berta"), ("canvas_id", "007")])])), [""; 0]);
    assert_eq!(introduced(Roster::parse(b"submission,canvas_id\nanna,8\n").unwrap()), [""; 0]);
}

/// Comparing every row with every submission would take minutes.
#[test]
fn ten_thousand_rows_find_their_submissions_in_seconds() {
    const COUNT: usize = 10_000;
    let ids: Vec<String> = (0..COUNT).map(|number| format!("Learner {number}")).collect();
    let mut sources = sources(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let row_of = |number| row(&[("name", &format!("LEARNER {number}")), ("canvas_id", &format!("{}", COUNT + number))]);
    let roster = Roster::of_learners((1..=COUNT).rev().map(row_of));
    let start = Instant::now();
    assert_eq!(roster.introduce(&mut sources), ["Learner 0"]);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(sources.len(), COUNT + 1);
    let file = format!("submission\n{}.zip\n", ids.join(".zip\n"));
    assert_eq!(Roster::parse(file.as_bytes()).unwrap().rows.len(), COUNT);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
