//! `grade`: submissions in, reports out.

use super::decisions::Decisions;
use super::gradebooks::{self, Gradebooks};
use super::{earlier, package, reports};
use crate::cli;
use anyhow::{Context as _, bail};
use staff::class::{self, Sandbox, Settings};
use staff::model::{GradedSubmission, Grades, Intake, QuestGrade, QuestState, Shard};
use staff::points::Points;
use staff::results::ClassResults;
use staff::shard::status::{ShardStatus, StatusFile};
use staff::shard::survey::{self, BegunShard};
use staff::submissions::{self, FoundSubmission, Roster, Submission, SubmissionList};
use staff::text::escape::{display_path, escape_again};
use staff::text::truncate::{MAX_LINE, truncate_line};
use staff::work_dir::WorkPlace;
use staff::{merge, seed, shard};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use xtask::course::Course;
use xtask::exit::{Outcome, UsageError};
use xtask::files::write_atomically;
use xtask::{eprint_line, print_line};

pub fn run(course: &Course, arguments: cli::GradeArgs) -> anyhow::Result<Outcome> {
    match arguments.command {
        Some(cli::GradeCommand::Merge(arguments)) => {
            merge(course, &arguments.parts, &arguments.submissions, &arguments.reports)
        }
        Some(cli::GradeCommand::Status { folders }) => status(&folders),
        Some(cli::GradeCommand::Package { platform }) => package::run(course, &platform),
        None => grade(course, &arguments.class),
    }
}

/// Shows how far the shards in these folders are.
fn status(folders: &[PathBuf]) -> anyhow::Result<Outcome> {
    let found = merge::find::find(folders, None)?;
    let begun: Vec<BegunShard> = found.folders.into_iter().map(begun).collect();
    let Some(first) = begun.first() else {
        bail!(UsageError("no shard has begun: none of these folders holds a `.shard.json`".into()));
    };
    let count = first.status.shard.count;
    if let Some(other) = begun.iter().find(|shard| shard.status.shard.count != count) {
        bail!(UsageError(format!(
            "{} and {} do not belong together: one is of {count} shards, the other of {}",
            first.folder.display(),
            other.folder.display(),
            other.status.shard.count
        )));
    }
    let (report, is_done) = survey::report(&begun, count);
    print_line!("{report}");
    let says_nothing = |file: &&PathBuf| !begun.iter().any(|shard| file.parent() == Some(shard.folder.as_path()));
    let silent = found.files.iter().filter(says_nothing).count();
    if silent > 0 {
        print_line!("{silent} folders with grades are not counted: they hold no `.shard.json`.");
    }
    Ok(Outcome::from_passed(is_done))
}

fn begun((folder, status): (PathBuf, ShardStatus)) -> BegunShard {
    let age = ShardStatus::age(&folder).unwrap_or_default();
    BegunShard { folder, status, age }
}

fn merge(
    course: &Course,
    parts: &[PathBuf],
    submissions: &[PathBuf],
    reports: &cli::ReportArgs,
) -> anyhow::Result<Outcome> {
    let mut results = merge::merge(&merge::find::find(parts, Some(&reports.out))?)?;
    let decisions = Decisions::read(submissions, reports)?;
    let gradebooks = Gradebooks::read(reports, decisions.possible(course))?;
    decisions.check(course, Some(results.grades.submissions.iter().map(|graded| graded.id.as_str())))?;
    let mut notes;
    (results.grades, notes) = decisions.apply(results.grades, reports)?;
    let nobody_is_absent = results.grades.submissions.iter().all(|graded| graded.intake != Intake::Missing);
    if reports.missing == cli::Missing::Zero && nobody_is_absent {
        notes.push(
            "Nobody got zero points from `--missing zero`: the shards know of nobody who handed in nothing. If they had no \
             roster, run them again with `--roster`, `--canvas` or `--moodle`: what is graded already is not graded twice."
                .to_owned(),
        );
    }
    if submissions.is_empty() {
        notes.extend(decisions.none_found());
        notes.insert(0, "Similar files were not looked for: that needs `--submissions PATH`.".to_owned());
        return finish(course, results, (parts, &[]), &notes, reports, &gradebooks);
    }
    let mut found = submissions::find(submissions, [])?;
    let own = parts.iter().map(PathBuf::as_path).chain([reports.out.as_path()]);
    found.without(&own.collect::<Vec<_>>());
    notes.extend(decisions.not_followed(&found.policies));
    let read = read(course, &found.sources)?;
    merge::same_files(&results.grades, &read)?;
    finish(course, results, (submissions, &read), &[found.notes, notes].concat(), reports, &gradebooks)
}

fn grade(course: &Course, class: &cli::ClassArgs) -> anyhow::Result<Outcome> {
    let paths = if class.paths.is_empty() { vec![course.root.clone()] } else { class.paths.clone() };
    let decisions = Decisions::read(&paths, &class.reports)?;
    let possible = decisions.possible(course);
    let gradebooks = Gradebooks::read(&class.reports, possible)?;
    let roster = class.roster.as_deref().map(|path| gradebooks::roster(path, possible)).transpose()?;
    let rosters: Vec<Roster> = roster.into_iter().chain(gradebooks.rosters()).collect();
    let mut found = found(&paths, class, rosters)?;
    found.notes.extend(decisions.not_followed(&found.policies));
    let ids = (!found.is_single).then(|| found.sources.iter().map(|source| source.id.as_str()));
    decisions.check(course, ids)?;
    let ids = shard::class_fingerprint(found.sources.iter().map(|source| source.id.as_str()));
    let given = seed::given(class.seed, env::var_os(seed::VARIABLE))?;
    let shard = shard(class, given)?;
    found.sources.retain(|source| shard::holds(shard, &source.id));
    found.unmatched.retain(|id| shard::holds(shard, id));
    reports::fits(&class.reports, &found.sources)?;
    earlier::check(&class.reports, &found.sources, (&paths, shard))?;
    let seed = seed(class, given)?;
    if seed::is_guessable(seed) && (class.reports.gradescope.is_some() || class.reports.classroom.is_some()) {
        eprint_line!("{}", seed::GUESSABLE);
    }
    let status = class.shard.as_deref().map(|given| Arc::new(StatusFile::start(&class.reports.out, shard, given)));
    let settings = Settings {
        title: class.reports.title.clone(),
        seed,
        jobs: class.jobs.map_or_else(processors, |jobs| usize::try_from(jobs).unwrap_or(1)),
        shard,
        class: ids,
        unmatched: found.unmatched,
        sandbox: match (class.require_sandbox, class.no_sandbox) {
            (true, _) => Sandbox::Required,
            (_, true) => Sandbox::Off,
            _ => Sandbox::AsGranted,
        },
        store: class.store.clone(),
        work: WorkPlace { folder: class.work.clone(), is_shared: class.shard.is_some() },
        status: status.clone(),
    };
    let submissions = read(course, &found.sources)?;
    let grades = class::grade(course, &submissions, &settings)?;
    let (grades, notes, gradebooks) = if shard.count == 1 {
        let (grades, notes) = decisions.apply(grades, &class.reports)?;
        (grades, notes, gradebooks)
    } else {
        (grades, decisions.postponed(&class.reports), Gradebooks::default())
    };
    let outcome = finish(
        course,
        ClassResults::in_memory(grades),
        (&paths, &submissions),
        &[found.notes, notes].concat(),
        &class.reports,
        &gradebooks,
    )?;
    status.inspect(|status| status.finish());
    Ok(outcome)
}

/// The submissions of the class, and its learners.
fn found(paths: &[PathBuf], class: &cli::ClassArgs, rosters: Vec<Roster>) -> anyhow::Result<SubmissionList> {
    let mut found = submissions::find(paths, [])?;
    let own = [Some(class.reports.out.as_path()), class.store.as_deref(), class.work.as_deref()];
    found.without(&own.into_iter().flatten().collect::<Vec<_>>());
    check_missing(&class.reports, found.is_single, rosters.is_empty())?;
    found.introduce(rosters);
    if found.is_single {
        found.without_absent();
    }
    Ok(found)
}

fn read(course: &Course, sources: &[FoundSubmission]) -> anyhow::Result<Vec<Submission>> {
    let quests = staff::submissions::known::known_quests(course)?;
    Ok(sources.iter().map(|source| source.read(&quests)).collect())
}

/// Writes the reports and prints a summary.
fn finish(
    course: &Course,
    results: ClassResults,
    class: (&[PathBuf], &[Submission]),
    notes: &[String],
    reports: &cli::ReportArgs,
    gradebooks: &Gradebooks,
) -> anyhow::Result<Outcome> {
    let (grades, more_notes) = reports::write(course, results, class, notes, reports, gradebooks)?;
    for note in notes.iter().chain(&more_notes) {
        eprint_line!("{note}");
    }
    if !grades.confinement.missing.is_empty() {
        eprint_line!("Submitted code was not fully confined. This system does not ensure the following:");
        for missing in &grades.confinement.missing {
            eprint_line!("  {missing}");
        }
    }
    summarize(&grades, &reports.out);
    let count = |is: &dyn Fn(&GradedSubmission) -> bool| grades.submissions.iter().filter(|graded| is(graded)).count();
    let unread = count(&|graded| graded.is_unread());
    account(&grades);
    let failed = count(&|graded| {
        let without_score = |quest: &QuestGrade| quest.earned.is_none() && quest.state != QuestState::NotRead;
        graded.intake == Intake::Accepted && graded.quests.iter().any(without_score)
    });
    if failed > 0 {
        bail!("{failed} submissions could not be graded completely; see the report for the reasons");
    }
    // Whoever asked for zeros and got none must not take the grade book for complete.
    let is_owed = |graded: &GradedSubmission| graded.intake == Intake::Missing && graded.earned().is_none();
    let owed = if reports.missing == cli::Missing::Zero && grades.shard.count == 1 { count(&is_owed) } else { 0 };
    Ok(Outcome::from_passed(unread + owed == 0))
}

/// Says what became of everyone: who has a score, who has none, and who handed in nothing.
fn account(grades: &Grades) {
    let (absent, others): (Vec<&GradedSubmission>, Vec<_>) =
        grades.submissions.iter().partition(|graded| graded.intake == Intake::Missing);
    let without: Vec<_> = others.iter().filter(|graded| graded.earned().is_none()).collect();
    if !without.is_empty() || !absent.is_empty() {
        let scored = others.len() - without.len();
        eprint_line!("{scored} with a score, {} without, {} handed in nothing.", without.len(), absent.len());
    }
    for graded in without {
        let unread = graded.unread().next().map(|quest| quest.detail.as_str());
        let why = graded.problem.as_deref().or(unread).unwrap_or("a quest could not be graded");
        eprint_line!("No score for {}: {}", graded.id, truncate_line(&escape_again(why), MAX_LINE));
    }
    for graded in absent {
        eprint_line!("Nothing from {}.", graded.id);
    }
}

/// The absent get zero points only where the whole class is graded, and where somebody says who belongs to it.
fn check_missing(reports: &cli::ReportArgs, is_single: bool, nobody_is_known: bool) -> Result<(), UsageError> {
    let message = match reports.missing {
        cli::Missing::Zero if is_single => {
            "--missing zero needs the whole class, but this is a single submission: leave the option out"
        }
        cli::Missing::Zero if nobody_is_known => {
            "--missing zero needs to know who is in the class: name a roster with --roster, --canvas or --moodle"
        }
        cli::Missing::Zero | cli::Missing::None => return Ok(()),
    };
    Err(UsageError(message.to_owned()))
}

fn summarize(grades: &Grades, out: &Path) {
    let earned: Vec<Points> = grades.submissions.iter().filter_map(staff::model::GradedSubmission::earned).collect();
    let sum: f64 = earned.iter().copied().map(Points::as_f64).sum();
    let count = grades.submissions.len();
    match (&grades.submissions[..], earned.first()) {
        ([one], Some(points)) => print_line!("{}: {points} of {} points.", one.id, grades.points()),
        (_, Some(_)) => {
            let with_score = u32::try_from(earned.len()).map_or(f64::INFINITY, f64::from);
            print_line!(
                "{count} submissions graded: {:.1} of {} points on average.",
                sum / with_score,
                grades.points()
            );
        }
        (_, None) => {}
    }
    // The seed itself is not printed: on Gradescope and in Classroom, learners may read this output.
    let has_seed = if grades.anonymous { "" } else { " (with the seed)" };
    print_line!("Report{has_seed}: {}", display_path(&out.join("report.html")));
}

fn shard(class: &cli::ClassArgs, given: Option<u64>) -> anyhow::Result<Shard> {
    let Some(text) = &class.shard else { return Ok(Shard { index: 1, count: 1 }) };
    if given.is_none() {
        bail!(UsageError(format!(
            "all shards of a class need the same seed: set the same --seed N, or the same {}, for all of them",
            seed::VARIABLE
        )));
    }
    Ok(shard::parse(text, |name| env::var(name).ok())?)
}

/// The seed from the command line or the environment, else that of the last run with the same `--out`, else a random one. It is
/// written there at once, so that a killed run continues with it.
fn seed(class: &cli::ClassArgs, given: Option<u64>) -> anyhow::Result<u64> {
    let path = class.reports.out.join(submissions::find::SEED);
    let noted = || fs::read_to_string(&path).ok()?.trim().parse().ok();
    let seed = given.or_else(noted).unwrap_or_else(seed::random);
    write_atomically(&path, format!("{seed}\n").as_bytes()).context("could not write to the reports' folder")?;
    Ok(seed)
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
