//! The archive of a whole class, as Moodle, Canvas and Gradescope deliver it. Only the outer archive is unpacked, into a temporary folder:
//! archives in it belong to learners, and are read in memory like any other.

use super::PlatformName;
use super::gradescope::{METADATA, is_export_of};
use crate::submissions::archive::{Format, LARGEST_ARCHIVE, LARGEST_DOWNLOAD, seconds_since_1970};
use crate::submissions::open::{self, LARGEST_FILE};
use anyhow::{Context as _, bail};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use zip::ZipArchive;

/// Whether the archive holds a class, as its names show.
pub fn is_download(path: &Path) -> bool {
    let Ok(archive) = open(path) else { return false };
    let names: Vec<_> = archive.file_names().flatten().collect();
    let paths: Vec<Vec<&str>> = names.iter().filter_map(|name| parts(name)).collect();
    paths.iter().any(|parts| is_platforms(parts)) || holds_export(&paths)
}

/// Unpacks the archive into a folder.
pub fn unpack(path: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut archive = open(path)?;
    let mut left = LARGEST_DOWNLOAD;
    let mut links = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).with_context(|| format!("{} is corrupt", path.display()))?;
        let name = entry.name().with_context(|| format!("{} is corrupt", path.display()))?.into_owned();
        let Some(parts) = parts(&name) else {
            bail!("{} contains `{}`, which lies outside of it", path.display(), name.escape_debug())
        };
        let target: PathBuf = folder.join(parts.iter().collect::<PathBuf>());
        if entry.is_dir() {
            fs::create_dir_all(&target)?;
            continue;
        }
        if entry.is_symlink() {
            links.push(target);
            continue;
        }
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        let mut file = File::create_new(&target)
            .with_context(|| format!("{} contains `{}` twice", path.display(), name.escape_debug()))?;
        let modified = entry.last_modified().map(seconds_since_1970);
        let written = copy(entry, &name, &mut file).with_context(|| format!("{} is corrupt", path.display()))?;
        // As any other program unpacks it. The time of unpacking would say which file comes later in the archive.
        let modified = modified.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(modified))
            .with_context(|| format!("could not unpack {}", path.display()))?;
        left = left.checked_sub(written).with_context(|| {
            let most = LARGEST_DOWNLOAD >> 30;
            format!("{} unpacks to more than {most} GiB; unpack it yourself, and grade the folder", path.display())
        })?;
    }
    // Last, so that nothing is written through one.
    for link in links {
        fs::create_dir_all(link.parent().unwrap_or(folder))?;
        put_link(&link).with_context(|| format!("could not unpack {}", path.display()))?;
    }
    Ok(())
}

/// A link in the archive leads nowhere here. It is refused as in any submission, with the same message.
#[cfg(unix)]
fn put_link(path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink("a link in the archive", path)
}

/// Few users may make links here, so there is an empty file.
#[cfg(not(unix))]
fn put_link(path: &Path) -> io::Result<()> {
    File::create_new(path).map(drop)
}

/// Unpacks a file, but little of one that is refused for its size anyway. It remains too large, so the message is the
/// usual one.
fn copy(mut entry: impl Read, name: &str, file: &mut File) -> io::Result<u64> {
    let mut head = Vec::new();
    entry.by_ref().take(Format::HEAD).read_to_end(&mut head)?;
    let is_archive = Format::of(name, &head).is_some_and(Format::is_readable);
    let most = if is_archive { LARGEST_ARCHIVE } else { LARGEST_FILE };
    io::copy(&mut head.chain(entry).take(most + 1), file)
}

fn open(path: &Path) -> anyhow::Result<ZipArchive<BufReader<File>>> {
    let file = open::regular_file(path).map_err(|why| anyhow::anyhow!("{} {why}", path.display()))?;
    Ok(ZipArchive::new(BufReader::new(file))?)
}

/// The names in a path; none if it leads out of the archive.
fn parts(name: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    // Elsewhere, these two are letters like any other.
    let is_inside =
        |part: &&str| *part != ".." && !part.contains('\0') && !(cfg!(windows) && part.contains(['\\', ':']));
    (!name.starts_with('/') && parts.iter().all(is_inside)).then_some(parts)
}

/// Whether a platform chose this path, at most one folder deep.
fn is_platforms(parts: &[&str]) -> bool {
    parts.iter().take(2).any(|part| PlatformName::parse(part).is_some())
}

/// Whether these paths are those of Gradescope's export, at most one folder deep.
fn holds_export(paths: &[Vec<&str>]) -> bool {
    let around = |parts: &&Vec<&str>| (1..=2).contains(&parts.len()) && parts.last() == Some(&METADATA);
    paths.iter().filter(around).any(|list| {
        let folder = &list[..list.len() - 1];
        is_export_of(paths.iter().filter_map(|parts| parts.strip_prefix(folder)?.first().copied()))
    })
}
