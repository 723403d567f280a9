//! Writes the reports to files.

use crate::cli;
use anyhow::{Context as _, anyhow};
use staff::anonymous::Numbers;
use staff::model::{GradedSubmission, Grades};
use staff::report::json::{self, JsonWriter};
use staff::report::junit::{self, JunitWriter};
use staff::report::{canvas, classroom, csv, gradescope, html, moodle};
use staff::results::{ClassResults, ShownClass};
use staff::similar::{self, BaseCode, Cluster};
use staff::submissions::{FoundSubmission, Submission, file_name};
use std::fs;
use std::io::{self, BufWriter, ErrorKind};
use std::path::Path;
use xtask::course::{Course, Quest};
use xtask::eprint_line;
use xtask::exit::UsageError;
use xtask::files::{AtomicFile, OutputFolder, write_atomically};

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

/// Writes all of them atomically, `grades.json` whatever else fails. Returns the outline of the class, and notes for the teacher.
pub fn write(
    course: &Course,
    results: ClassResults,
    submissions: &[Submission],
    notes: &[String],
    reports: &cli::ReportArgs,
) -> anyhow::Result<(Grades, Vec<String>)> {
    let mut notes_for_teacher = Vec::new();
    if results.grades.anonymous {
        write_anonymously(course, &results, submissions, reports)?;
        notes_for_teacher
            .push("Reports show numbers in place of names. To hand them back, run this again with --reveal.".into());
        return Ok((results.into_outline(), notes_for_teacher));
    }
    write_each(&results, &results.named(), Some(&reports.out.join("grades.json")), reports)?;
    let grades = results.into_outline();
    write_for_class(&grades, &clusters(course, submissions)?, notes, &reports.out)?;
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    let out = &reports.out;
    if let Some(assignment) = &reports.canvas {
        let export = canvas::render(&grades, assignment)?;
        notes_for_teacher
            .extend(export.skipped.iter().map(|skipped| format!("canvas.csv: {} {}.", skipped.id, skipped.why)));
        put(&out.join("canvas.csv"), &export.text)?;
    }
    if let Some(worksheet) = &reports.moodle {
        let text = fs::read_to_string(worksheet).with_context(|| format!("could not read {}", worksheet.display()))?;
        let export = moodle::fill(&grades, &text, reports.moodle_grade_column.as_deref())?;
        notes_for_teacher
            .extend(export.skipped.iter().map(|skipped| format!("moodle.csv: {} {}.", skipped.id, skipped.why)));
        put(&out.join("moodle.csv"), &export.text)?;
    }
    Ok((grades, notes_for_teacher))
}

/// Only `grades.json` has names.
fn write_anonymously(
    course: &Course,
    results: &ClassResults,
    submissions: &[Submission],
    reports: &cli::ReportArgs,
) -> anyhow::Result<()> {
    let mut json = JsonWriter::begin(new_file(&reports.out.join("grades.json"))?, &results.grades)?;
    let render = |graded: &GradedSubmission| Ok(json::render_submission(graded)?);
    results.render_each(&results.named(), render, |text| Ok(json.push_rendered(&text)?))?;
    commit(json.finish())?;
    let numbers = Numbers::of(&results.grades);
    let hidden = results.numbered(&numbers);
    write_each(results, &hidden, None, reports)?;
    let clusters = clusters(course, &numbers.hide_submissions(submissions))?;
    write_for_class(&hidden.grades.into_owned().outlined(), &clusters, &[], &reports.out)
}

/// The reports on the class as a whole.
fn write_for_class(grades: &Grades, clusters: &[Cluster], notes: &[String], out: &Path) -> anyhow::Result<()> {
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    put(&out.join("report.html"), &html::class_report(grades, clusters, notes, &page))?;
    put(&out.join("grades.csv"), &csv::render(grades))
}

/// Writes what holds the texts of each submission, in one pass over the class; `grades.json` only if its path is given.
fn write_each(
    results: &ClassResults,
    shown: &ShownClass,
    grades_json: Option<&Path>,
    reports: &cli::ReportArgs,
) -> anyhow::Result<()> {
    let class = &*shown.grades;
    let begin = |path| Ok::<_, anyhow::Error>(JsonWriter::begin(new_file(path)?, class)?);
    let mut json = grades_json.map(begin).transpose()?;
    let is_alone = class.submissions.len() == 1 && grades_json.is_some();
    let mut others = OtherReports::begin(class, reports);
    let feedback = OutputFolder::open(reports.out.join("feedback"));
    let render = |graded: &GradedSubmission| {
        let written = feedback
            .as_ref()
            .map_err(|error| anyhow!("{error:#}"))
            .and_then(|folder| folder.write(&page(graded), html::feedback(class, graded).as_bytes()));
        let platforms = if is_alone { write_for_platforms(class, graded, reports) } else { Ok(()) };
        let suite = written.and(platforms).and_then(|()| Ok(junit::render_suite(class, graded)?));
        let text = grades_json.map(|_| json::render_submission(graded)).transpose()?;
        Ok((text, suite))
    };
    results.render_each(shown, render, |(text, suite)| {
        others.push(suite);
        match (&mut json, text) {
            (Some(json), Some(text)) => json.push_rendered(&text).context("could not write grades.json"),
            _ => Ok(()),
        }
    })?;
    json.map_or(Ok(()), |json| commit(json.finish()))?;
    others.finish()
}

fn new_file(path: &Path) -> anyhow::Result<BufWriter<AtomicFile>> {
    Ok(BufWriter::new(AtomicFile::create(path)?))
}

fn commit(written: io::Result<BufWriter<AtomicFile>>) -> anyhow::Result<()> {
    let file = written.and_then(|buffer| buffer.into_inner().map_err(io::IntoInnerError::into_error));
    file.context("could not write a report")?.commit()
}

/// The other reports with each submission's texts: `grades.json` is written even if these cannot be.
struct OtherReports(anyhow::Result<JunitWriter<BufWriter<AtomicFile>>>);

impl OtherReports {
    fn begin(class: &Grades, reports: &cli::ReportArgs) -> Self {
        let junit = new_file(&reports.out.join("junit.xml")).and_then(|file| Ok(JunitWriter::begin(file, class)?));
        Self(junit)
    }

    /// Only the first error counts: after it, nothing more is written.
    fn push(&mut self, suite: anyhow::Result<Vec<u8>>) {
        let Ok(junit) = &mut self.0 else { return };
        if let Err(error) = suite.and_then(|suite| junit.push_suite(&suite).context("could not write junit.xml")) {
            self.0 = Err(error);
        }
    }

    fn finish(self) -> anyhow::Result<()> {
        commit(self.0?.finish())
    }
}

/// Writes what platforms read that start the grader for a single submission.
fn write_for_platforms(class: &Grades, graded: &GradedSubmission, reports: &cli::ReportArgs) -> anyhow::Result<()> {
    let put = |path: &Path, text: &str| write_atomically(path, text.as_bytes());
    if let Some(path) = &reports.classroom {
        put(path, &classroom::render(class, graded))?;
    }
    if let Some(path) = &reports.gradescope {
        if let Some(text) = gradescope::render(class, graded) {
            put(path, &text)?;
        } else {
            // Without the file, Gradescope reports a failure of the grader. An old file would be a score.
            remove(path)?;
            for reason in gradescope::why_no_score(graded) {
                eprint_line!("{reason}");
            }
        }
    }
    Ok(())
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
