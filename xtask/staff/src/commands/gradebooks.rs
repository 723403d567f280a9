//! The files of a grade book on the command line. They are read and checked before anything is graded.

use super::reports::{commit, page_path};
use crate::cli;
use staff::model::Grades;
use staff::pages::{CANVAS, MOODLE, MOODLE_FEEDBACK};
use staff::points::Points;
use staff::report::canvas::{self, GradebookExport};
use staff::report::moodle::{GradingWorksheet, feedback};
use staff::report::{Export, Skipped};
use staff::submissions::Roster;
use std::fs;
use std::io::BufWriter;
use std::path::Path;
use xtask::exit::UsageError;
use xtask::files::{AtomicFile, write_atomically};

/// What is to be filled in.
#[derive(Debug, Default)]
pub struct Gradebooks {
    canvas: Option<Canvas>,
    moodle: Option<GradingWorksheet>,
}

#[derive(Debug)]
enum Canvas {
    Export(GradebookExport),
    /// Only the header of the assignment is known.
    Assignment(String),
}

impl Gradebooks {
    /// Reads the files. `possible` are the points that can be earned.
    pub fn read(reports: &cli::ReportArgs, possible: Points) -> anyhow::Result<Self> {
        let canvas = reports.canvas.as_deref().map(|canvas| read_canvas(canvas, reports, possible)).transpose()?;
        let moodle = reports.moodle.as_deref().map(|path| {
            let shown = path.display();
            GradingWorksheet::read(&content(path)?, reports.moodle_grade_column.as_deref(), possible)
                .map_err(|error| anyhow::Error::from(UsageError(format!("{shown}: {error:#}"))))
        });
        Ok(Self { canvas, moodle: moodle.transpose()? })
    }

    /// The learners in these files.
    pub fn rosters(&self) -> Vec<Roster> {
        let canvas = match &self.canvas {
            Some(Canvas::Export(export)) => Some(Roster::of_learners(export.students())),
            Some(Canvas::Assignment(_)) | None => None,
        };
        canvas.into_iter().chain(self.moodle.iter().map(|worksheet| Roster::of_learners(worksheet.people()))).collect()
    }

    /// Writes the files with the grades. Returns notes for the teacher.
    pub fn write(&self, grades: &Grades, out: &Path) -> anyhow::Result<Vec<String>> {
        let mut notes = Vec::new();
        let mut put = |name: &str, export: &Export, content: &[u8]| {
            let note = |skipped: &Skipped| format!("{name}: {} {}.", skipped.id, skipped.why);
            notes.extend(export.skipped.iter().filter(|skipped| has_score(grades, &skipped.id)).map(note));
            write_atomically(&out.join(name), content)
        };
        match &self.canvas {
            Some(Canvas::Export(file)) => {
                let export = file.fill(grades);
                put(CANVAS, &export, &file.encoding.encode(&export.text))?;
            }
            Some(Canvas::Assignment(header)) => {
                let export = canvas::render(grades, header)?;
                put(CANVAS, &export, export.text.as_bytes())?;
            }
            None => {}
        }
        if let Some(worksheet) = &self.moodle {
            let export = worksheet.fill(grades);
            put(MOODLE, &export, &worksheet.encoding.encode(&export.text))?;
            let pages: Vec<_> =
                worksheet.scored(grades).map(|(number, graded)| (number, page_path(out, graded))).collect();
            if pages.is_empty() && grades.submissions.iter().any(|graded| graded.earned().is_some()) {
                notes.push(format!(
                    "{MOODLE_FEEDBACK} is empty: nobody with a score is in a row of the worksheet that says `Participant` \
                     and a number."
                ));
            }
            let archive = AtomicFile::create(&out.join(MOODLE_FEEDBACK))?;
            feedback::write_archive(pages, BufWriter::new(archive)).and_then(|archive| commit(Ok(archive)))?;
        }
        Ok(notes)
    }
}

/// Those without a score are named anyway.
fn has_score(grades: &Grades, id: &str) -> bool {
    grades.submissions.iter().any(|graded| graded.id == id && graded.earned().is_some())
}

/// A roster: a file of our own, or one that a platform exports.
pub fn roster(path: &Path, possible: Points) -> anyhow::Result<Roster> {
    let own = match Roster::read(path) {
        Ok(roster) => return Ok(roster),
        Err(error) => error,
    };
    let content = content(path)?;
    // Grades are not written into a roster, so any assignment and any maximum will do.
    if let Ok(students) = GradebookExport::students_of(&content) {
        return Ok(Roster::of_learners(students));
    }
    match GradingWorksheet::read(&content, None, possible) {
        Ok(worksheet) => Ok(Roster::of_learners(worksheet.people())),
        Err(_) => Err(own),
    }
}

fn read_canvas(canvas: &str, reports: &cli::ReportArgs, possible: Points) -> anyhow::Result<Canvas> {
    let path = Path::new(canvas);
    if path.is_file() || path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
        let export = GradebookExport::read(&content(path)?, reports.canvas_assignment.as_deref(), possible)
            .map_err(|why| UsageError(format!("{canvas}: {why}")))?;
        return Ok(Canvas::Export(export));
    }
    if let Some(assignment) = &reports.canvas_assignment {
        let message = format!(
            "--canvas-assignment {assignment} needs the grade book: --canvas FILE.csv, but there is no file {canvas}"
        );
        return Err(UsageError(message).into());
    }
    canvas::check_header(canvas)?;
    Ok(Canvas::Assignment(canvas.to_owned()))
}

fn content(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| UsageError(format!("{} cannot be read: {error}", path.display())).into())
}
