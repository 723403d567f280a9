//! Writes the reports to files.

use crate::cli;
use anyhow::Context as _;
use staff::anonymous::Numbers;
use staff::model::{GradedSubmission, Grades};
use staff::pages::Pages;
use staff::report::html::side_by_side::{self, compared, side_by_side};
use staff::report::{canvas, classroom, csv, gradescope, html, json, junit, moodle};
use staff::similarity::{self, BaseCode, Cluster, QuestFiles};
use staff::submissions::{FoundSubmission, Submission, file_name};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
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

/// Writes all of them atomically, `grades.json` first: it is there whatever fails after it. `paths` are where the class is. Returns
/// notes for the teacher.
pub fn write(
    course: &Course,
    grades: &Grades,
    (paths, submissions): (&[PathBuf], &[Submission]),
    notes: &[String],
    reports: &cli::ReportArgs,
) -> anyhow::Result<Vec<String>> {
    let mut notes_for_teacher = Vec::new();
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    let out = &reports.out;
    put(&out.join("grades.json"), &json::render(grades))?;
    let mut pages = Pages::new(out, paths, grades.shard);
    if grades.anonymous {
        let numbers = Numbers::of(grades);
        let mut clusters = similar_files(course, grades, &numbers.hide_submissions(submissions), None)?;
        // Comments may name the author of code, so no page shows it.
        for cluster in &mut clusters {
            cluster.pairs.clear();
        }
        for_people(&numbers.hide(grades), &clusters, &[], out, &mut pages)?;
        notes_for_teacher.extend(without_stale(pages)?);
        notes_for_teacher
            .push("Reports show numbers in place of names. To hand them back, run this again with --reveal.".into());
        return Ok(notes_for_teacher);
    }
    let clusters = similar_files(course, grades, submissions, Some(&mut pages))?;
    for_people(grades, &clusters, notes, out, &mut pages)?;
    notes_for_teacher.extend(without_stale(pages)?);
    if let Some(assignment) = &reports.canvas {
        let export = canvas::render(grades, assignment)?;
        notes_for_teacher
            .extend(export.skipped.iter().map(|skipped| format!("canvas.csv: {} {}.", skipped.id, skipped.why)));
        put(&out.join("canvas.csv"), &export.text)?;
    }
    if let Some(worksheet) = &reports.moodle {
        let text = fs::read_to_string(worksheet).with_context(|| format!("could not read {}", worksheet.display()))?;
        let export = moodle::fill(grades, &text, reports.moodle_grade_column.as_deref())?;
        notes_for_teacher
            .extend(export.skipped.iter().map(|skipped| format!("moodle.csv: {} {}.", skipped.id, skipped.why)));
        put(&out.join("moodle.csv"), &export.text)?;
    }
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
fn for_people(
    grades: &Grades,
    clusters: &[Cluster],
    notes: &[String],
    out: &Path,
    pages: &mut Pages,
) -> anyhow::Result<()> {
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    for graded in &grades.submissions {
        pages.write("feedback", &page(graded), &html::feedback(grades, graded))?;
    }
    put(&out.join("report.html"), &html::class_report(grades, clusters, notes, &page))?;
    put(&out.join("grades.csv"), &csv::render(grades))?;
    put(&out.join("junit.xml"), &junit::render(grades))
}

/// Removes stale pages; a note if there were any.
fn without_stale(pages: Pages) -> anyhow::Result<Option<String>> {
    let note = |count| match count {
        1 => "One page in the reports was out of date, and was removed.".to_owned(),
        count => format!("{count} pages in the reports were out of date, and were removed."),
    };
    Ok(Some(pages.remove_stale()?).filter(|count| *count > 0).map(note))
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

/// Similar files, and a page for each pair of them.
fn similar_files(
    course: &Course,
    grades: &Grades,
    submissions: &[Submission],
    pages: Option<&mut Pages>,
) -> anyhow::Result<Vec<Cluster>> {
    let code = course.quests.iter().map(|quest| {
        let stub = fs::read_to_string(quest.stub()).unwrap_or_default();
        Ok((quest.number, stub, solutions(course, quest)?))
    });
    let code: Vec<(u32, String, Vec<String>)> = code.collect::<anyhow::Result<_>>()?;
    let quests = code.iter().map(|(quest, stub, solutions)| QuestFiles {
        quest: *quest,
        files: submissions
            .iter()
            .filter_map(|submission| {
                let file = submission.hand_in.files.get(quest)?;
                Some((submission.id.as_str(), String::from_utf8_lossy(file)))
            })
            .collect(),
        base_code: BaseCode { stub, solutions },
    });
    let quests: Vec<QuestFiles> = quests.collect();
    let findings = similarity::search(&quests);
    if let Some(pages) = pages {
        for (cluster, pair) in compared(&findings.clusters) {
            if let Some(comparison) = findings.compare(&quests, pair) {
                let text = side_by_side(grades, cluster, pair, &comparison);
                pages.write(side_by_side::FOLDER, &side_by_side::file(pair), &text)?;
            }
        }
    }
    Ok(findings.clusters)
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
