//! Gradescope's autograder: an archive that holds the course, its two scripts and a seed.
//! <https://gradescope-autograders.readthedocs.io/en/latest/specs/>
//!
//! - `setup.sh` runs once, as root, when Gradescope builds the image. It builds the course and the grader there.
//! - `run_autograder` runs for each submission, in a new container of that image.
//!
//! **The seed** must not be known to learners, so it is in no repository. It is kept in a file next to the archive, so that the
//! next archive, with a mended course for example, draws the same hidden scenarios and gives the same scores.
//!
//! **What a container confines** depends on Gradescope's machines and is not documented. Where Landlock is missing, `setup.sh`
//! still keeps solutions and seed from submitted code: that runs as root without root's powers, and they belong to another user.

use super::course_copy;
use super::zip_archive;
use crate::handout::draft;
use crate::policy::{self, Policy};
use crate::seed;
use crate::stage::tree::{Tree, read};
use anyhow::{Context as _, bail};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use xtask::course::Course;
use xtask::exit::UsageError;
use xtask::files::write_atomically;
use zip::ZipArchive;

/// The scripts that Gradescope runs. It requires these names.
const SCRIPTS: [(&str, &str); 2] =
    [("run_autograder", include_str!("gradescope/run_autograder")), ("setup.sh", include_str!("gradescope/setup.sh"))];

/// The line of `run_autograder` for Gradescope's own limit of 10 minutes.
const LIMIT: &str = "limit=9m";

/// How `run_autograder` names every submission. Gradescope knows whose it is.
const SUBMISSION: &str = "submission";

/// What an instructor may choose.
#[derive(Debug, Clone)]
pub struct Options {
    /// Else the seed is the one next to the archive, or a new one.
    pub seed: Option<u64>,
    /// The instructors' `grading.toml`.
    pub policy: Option<PathBuf>,
    /// Gradescope's time limit.
    pub minutes: u32,
}

/// The archive that was written.
#[derive(Debug)]
pub struct WrittenArchive {
    pub seed: u64,
    pub origin: SeedOrigin,
    pub seed_file: PathBuf,
    /// What an instructor may not have intended.
    pub notes: Vec<String>,
}

/// Where the seed of an archive is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedOrigin {
    /// The command line or the environment.
    Given,
    /// The file next to the archive.
    Kept,
    Random,
}

impl SeedOrigin {
    /// What an instructor should know about the seed's file.
    pub fn words(self) -> &'static str {
        match self {
            Self::Given => "It is the seed that you gave.",
            Self::Kept => "It was there already, so the hidden scenarios stay the same.",
            Self::Random => "It is new: keep this file, and the next archive of this name gets the same seed.",
        }
    }
}

/// Writes the archive, and its seed next to it.
pub fn write(course: &Course, archive: &Path, options: &Options) -> anyhow::Result<WrittenArchive> {
    let archive = std::path::absolute(archive).with_context(|| format!("{} is not a path", archive.display()))?;
    refuse_other_names(&archive)?;
    draft::refuse_if_inside(&course.root, &archive)?;
    refuse_to_replace_others(&archive)?;
    let seed_file = archive.with_extension("seed");
    let (seed, origin) = seed_for(&seed_file, options.seed)?;
    let mut tree = tree(course, seed, options.minutes)?;
    if let Some(file) = &options.policy {
        tree.add(policy::FILE, checked_policy(course, file)?);
    }
    let bytes = zip_archive::zip(&tree, &SCRIPTS.map(|(name, _)| name))?;
    // First the seed: an archive whose seed is lost cannot be made again.
    write_for_the_owner(&seed_file, format!("{seed}\n").as_bytes())?;
    write_for_the_owner(&archive, &bytes)?;
    Ok(WrittenArchive { seed, origin, seed_file, notes: course_copy::notes_about(course)? })
}

fn tree(course: &Course, seed: u64, minutes: u32) -> anyhow::Result<Tree> {
    let mut tree = Tree::default();
    course_copy::add(&mut tree, course, Path::new("course"))?;
    for (name, script) in SCRIPTS {
        tree.add(name, script.replace(LIMIT, &format!("limit={}m", minutes.saturating_sub(1).max(1))));
    }
    tree.add("grade-seed", format!("{seed}\n"));
    Ok(tree)
}

/// The policy's text. A mistake in it would make every submission fail, so it is found here.
fn checked_policy(course: &Course, file: &Path) -> anyhow::Result<Vec<u8>> {
    let wrong = |error: &dyn Display| UsageError(format!("{}: {error}", file.display()));
    let policy = Policy::read(file).map_err(|error| wrong(&error))?;
    policy.check(course, [SUBMISSION]).map_err(|error| wrong(&error))?;
    if policy.anonymous {
        return Err(wrong(&"`anonymous` leaves Gradescope without results: take it out").into());
    }
    read(file)
}

/// The seed, from the best source there is. A file that holds none is an error: a new seed would change everybody's scenarios.
fn seed_for(file: &Path, given: Option<u64>) -> anyhow::Result<(u64, SeedOrigin)> {
    if let Some(seed) = given {
        return Ok((seed, SeedOrigin::Given));
    }
    match fs::read_to_string(file) {
        Ok(text) => {
            let seed = text.trim().parse().ok().with_context(|| {
                format!("{} does not contain a seed: restore the file, or remove it to get a new seed", file.display())
            })?;
            Ok((seed, SeedOrigin::Kept))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((seed::random(), SeedOrigin::Random)),
        Err(error) => Err(error).with_context(|| format!("could not read {}", file.display())),
    }
}

fn refuse_other_names(archive: &Path) -> anyhow::Result<()> {
    if archive.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return Ok(());
    }
    bail!(UsageError(format!("Gradescope expects a zip archive: the name {} must end in .zip", archive.display())))
}

/// A mistyped path must not cost anybody the submissions of a class.
fn refuse_to_replace_others(archive: &Path) -> anyhow::Result<()> {
    let file = match File::open(archive) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("could not look into {}", archive.display())),
    };
    let is_ours = ZipArchive::new(file)
        .is_ok_and(|archive| SCRIPTS.iter().all(|(name, _)| archive.index_for_name(name).is_some()));
    if is_ours {
        return Ok(());
    }
    bail!(UsageError(format!(
        "{} exists and is not an autograder, so it is not replaced: choose another name",
        archive.display()
    )))
}

/// Writes a file that other users of the machine must not read.
fn write_for_the_owner(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    write_atomically(path, content).with_context(|| format!("could not write {}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .with_context(|| format!("could not keep {} from other users", path.display()))?;
    }
    Ok(())
}
