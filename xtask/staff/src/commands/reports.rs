//! Writes the reports to files.

use super::gradebooks::Gradebooks;
use crate::cli;
use anyhow::{Context as _, anyhow};
use staff::anonymous::Numbers;
use staff::model::{GradedSubmission, Grades};
use staff::pages::Pages;
use staff::report::html::side_by_side::{self, compared, side_by_side};
use staff::report::json::{self, JsonWriter};
use staff::report::junit::{self, JunitWriter};
use staff::report::{classroom, csv, gradescope, html};
use staff::results::{ClassResults, ShownClass};
use staff::similarity::{self, BaseCode, Cluster, QuestFiles};
use staff::submissions::{FoundSubmission, Submission, file_name};
use staff::text::escape::{display_path, escape};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
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

/// Writes all of them atomically, `grades.json` whatever else fails. `paths` are where the class is. Returns the outline of the class, and notes for the teacher.
pub fn write(
    course: &Course,
    results: ClassResults,
    (paths, submissions): (&[PathBuf], &[Submission]),
    notes: &[String],
    reports: &cli::ReportArgs,
    gradebooks: &Gradebooks,
) -> anyhow::Result<(Grades, Vec<String>)> {
    let mut notes_for_teacher = Vec::new();
    let pages = Pages::new(&reports.out, paths, results.grades.shard);
    if results.grades.anonymous {
        write_anonymously(course, &results, (submissions, notes), reports, &pages)?;
        notes_for_teacher.extend(without_stale(&pages)?);
        notes_for_teacher.push(about_names(&pages.left_by_others(), reports));
        return Ok((results.into_outline(), notes_for_teacher));
    }
    write_each(&results, &results.named(), Some(&reports.out.join("grades.json")), reports, &pages)?;
    let grades = results.into_outline();
    let clusters = similar_files(course, &grades, submissions, Some(&pages))?;
    write_for_class(&grades, &clusters, notes, &reports.out)?;
    notes_for_teacher.extend(without_stale(&pages)?);
    notes_for_teacher.extend(gradebooks.write(&grades, &reports.out)?);
    Ok((grades, notes_for_teacher))
}

/// Only `grades.json` has names.
fn write_anonymously(
    course: &Course,
    results: &ClassResults,
    (submissions, notes): (&[Submission], &[String]),
    reports: &cli::ReportArgs,
    pages: &Pages,
) -> anyhow::Result<()> {
    let mut json = JsonWriter::begin(new_file(&reports.out.join("grades.json"))?, &results.grades)?;
    let render = |graded: &GradedSubmission| Ok(json::render_submission(graded)?);
    results.render_each(&results.named(), render, |text| Ok(json.push_rendered(&text)?))?;
    commit(json.finish())?;
    let numbers = Numbers::of(&results.grades);
    let hidden = results.numbered(&numbers);
    write_each(results, &hidden, None, reports, pages)?;
    let mut clusters = similar_files(course, &hidden.grades, &numbers.hide_submissions(submissions), None)?;
    // Comments may name the author of code, so no page shows it.
    for cluster in &mut clusters {
        cluster.pairs.clear();
    }
    // Notes may name learners and folders.
    let withheld = (!notes.is_empty()).then(|| WITHHELD.to_owned());
    write_for_class(&hidden.grades.into_owned().outlined(), &clusters, withheld.as_slice(), &reports.out)
}

/// In place of the notes, where names are not shown.
const WITHHELD: &str =
    "The notes on this class may name learners. They are in the grader's output, and here with --reveal.";

/// Where there are still names, and what to do. `left` are the files that this run did not write.
fn about_names(left: &[String], reports: &cli::ReportArgs) -> String {
    const MOST: usize = 5;
    let mut note =
        "Reports show numbers in place of names; grades.json keeps the names. To hand the reports back, run \
                    this again with --reveal."
            .to_owned();
    if reports.canvas.is_some() || reports.moodle.is_some() {
        note.push_str(" Only then is a file for Canvas or Moodle written.");
    }
    if !left.is_empty() {
        let more = left.len().checked_sub(MOST).filter(|more| *more > 0).map(|more| format!(" and {more} more"));
        let _ = write!(
            note,
            "\nThese files in {} are not from this run, and may name learners: {}{}. Remove them before others read \
             this folder, or write to another one with --out.",
            display_path(&reports.out),
            left.iter().take(MOST).map(|name| escape(name)).collect::<Vec<_>>().join(", "),
            more.unwrap_or_default()
        );
    }
    note
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
    pages: &Pages,
) -> anyhow::Result<()> {
    let class = &*shown.grades;
    let begin = |path| Ok::<_, anyhow::Error>(JsonWriter::begin(new_file(path)?, class)?);
    let mut json = grades_json.map(begin).transpose()?;
    let is_alone = class.submissions.len() == 1 && grades_json.is_some();
    let mut others = OtherReports::begin(class, reports);
    let feedback = OutputFolder::open(reports.out.join(FEEDBACK));
    let render = |graded: &GradedSubmission| {
        let (name, text) = (page(graded), html::feedback(class, graded));
        let written = feedback
            .as_ref()
            .map_err(|error| anyhow!("{error:#}"))
            .and_then(|folder| folder.write(&name, text.as_bytes()))
            .map(|()| pages.add(FEEDBACK, &name, &text));
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

/// Finishes a report, which takes the old one's place.
pub(super) fn commit(written: io::Result<BufWriter<AtomicFile>>) -> anyhow::Result<()> {
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

/// Removes stale pages; a note if there were any.
fn without_stale(pages: &Pages) -> anyhow::Result<Option<String>> {
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

/// Where a submission's page is.
pub(super) fn page_path(out: &Path, graded: &GradedSubmission) -> PathBuf {
    out.join(FEEDBACK).join(page(graded))
}

/// The folder of the learners' pages.
const FEEDBACK: &str = "feedback";

/// The file name of a submission's page.
fn page(graded: &GradedSubmission) -> String {
    format!("{}.html", file_name(&graded.id))
}

/// Similar files, and a page for each pair of them.
fn similar_files(
    course: &Course,
    grades: &Grades,
    submissions: &[Submission],
    pages: Option<&Pages>,
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
