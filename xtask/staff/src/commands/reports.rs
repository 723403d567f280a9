//! Writes the reports to files.

use super::gradebooks::Gradebooks;
use crate::cli;
use anyhow::Context as _;
use staff::anonymous::Numbers;
use staff::model::{GradedSubmission, Grades};
use staff::report::{classroom, csv, gradescope, html, json, junit};
use staff::similar::{self, BaseCode, Cluster};
use staff::submissions::{FoundSubmission, Submission, file_name};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use xtask::course::{Course, Quest};
use xtask::exit::UsageError;
use xtask::files::write_atomically;

/// Checks before grading that the requested reports can be written for these submissions.
pub fn fits(reports: &cli::ReportArgs, sources: &[FoundSubmission]) -> Result<(), UsageError> {
    let of_one = [("--gradescope", &reports.gradescope), ("--classroom", &reports.classroom)];
    for (option, file) in of_one {
        if file.is_some() && sources.len() != 1 {
            return Err(UsageError(format!("{option} is for a single submission, but there are {}", sources.len())));
        }
    }
    Ok(())
}

/// Writes all of them atomically, `grades.json` first: it is there whatever fails after it. Returns notes for the teacher.
pub fn write(
    course: &Course,
    grades: &Grades,
    submissions: &[Submission],
    notes: &[String],
    reports: &cli::ReportArgs,
    gradebooks: &Gradebooks,
) -> anyhow::Result<Vec<String>> {
    let mut notes_for_teacher = Vec::new();
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    let out = &reports.out;
    put(&out.join("grades.json"), &json::render(grades))?;
    if grades.anonymous {
        let numbers = Numbers::of(grades);
        let clusters = clusters(course, &numbers.hide_submissions(submissions))?;
        for_people(&numbers.hide(grades), &clusters, &[], out)?;
        notes_for_teacher
            .push("Reports show numbers in place of names. To hand them back, run this again with --reveal.".into());
        return Ok(notes_for_teacher);
    }
    for_people(grades, &clusters(course, submissions)?, notes, out)?;
    notes_for_teacher.extend(gradebooks.write(grades, out)?);
    if let (Some(path), [graded]) = (&reports.classroom, &grades.submissions[..]) {
        put(path, &classroom::render(grades, graded))?;
    }
    if let (Some(path), [graded]) = (&reports.gradescope, &grades.submissions[..]) {
        match gradescope::render(grades, graded) {
            Some(text) => put(path, &text)?,
            // Without the file, Gradescope reports a failure of the grader. An old file would be a score.
            None => remove(path)?,
        }
    }
    Ok(notes_for_teacher)
}

/// The reports that people read.
fn for_people(grades: &Grades, clusters: &[Cluster], notes: &[String], out: &Path) -> anyhow::Result<()> {
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    for graded in &grades.submissions {
        put(&out.join("feedback").join(page(graded)), &html::feedback(grades, graded))?;
    }
    put(&out.join("report.html"), &html::class_report(grades, clusters, notes, &page))?;
    put(&out.join("grades.csv"), &csv::render(grades))?;
    put(&out.join("junit.xml"), &junit::render(grades))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove the old result {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The file name of a submission's page.
fn page(graded: &GradedSubmission) -> String {
    format!("{}.html", file_name(&graded.id))
}

/// Similar files, quest by quest.
fn clusters(course: &Course, submissions: &[Submission]) -> anyhow::Result<Vec<Cluster>> {
    let mut clusters = Vec::new();
    for quest in &course.quests {
        let files: Vec<(String, String)> = submissions
            .iter()
            .filter_map(|submission| {
                let file = submission.hand_in.files.get(&quest.number)?;
                Some((submission.id.clone(), String::from_utf8_lossy(file).into_owned()))
            })
            .collect();
        let stub = fs::read_to_string(quest.stub()).unwrap_or_default();
        let solutions = solutions(course, quest)?;
        let solutions: Vec<&str> = solutions.iter().map(String::as_str).collect();
        clusters.extend(similar::clusters(quest.number, &files, BaseCode { stub: &stub, solutions: &solutions }));
    }
    Ok(clusters)
}

/// The course's solution of a quest, and its alternatives.
fn solutions(course: &Course, quest: &Quest) -> anyhow::Result<Vec<String>> {
    let folder = course.root.join("solutions");
    let mut paths = vec![folder.join("src").join(quest.crate_name()).with_extension("rs")];
    let alternatives = folder.join("alternatives").join(&quest.package);
    paths.extend(fs::read_dir(alternatives).into_iter().flatten().flatten().map(|entry| entry.path()));
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).with_context(|| format!("could not read {}", path.display())))
        .collect()
}
