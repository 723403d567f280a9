//! Files written so that a crash, a full disk or a second process never leaves half of one.

use anyhow::Context as _;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Replaces `path` by `content` in one step: whatever fails, the old file is still whole, even after a power cut.
///
/// A process that is killed here leaves its unfinished file. The next one that writes into the folder removes it.
pub fn write_atomically(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace(path, |file| write_and_sync(file, content))
}

/// The same for a file that can be made again: it does not wait for the disk, so a power cut may leave half of the file.
pub fn write_in_one_step(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace(path, |file| file.write_all(content))
}

/// A file that is written piece by piece, and takes its place in one step when it is whole.
#[derive(Debug)]
pub struct AtomicFile {
    /// None once it has taken its place.
    unfinished: Option<Unfinished>,
    path: PathBuf,
}

impl AtomicFile {
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let unfinished = open(path).with_context(|| not_written(path))?;
        Ok(Self { unfinished: Some(unfinished), path: path.to_owned() })
    }

    /// Replaces the old file, even if there is a power cut right after it.
    pub fn commit(mut self) -> anyhow::Result<()> {
        let unfinished = self.unfinished.take().expect("only this takes it");
        unfinished.finish(|file| file.sync_all(), &self.path).with_context(|| not_written(&self.path))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.unfinished.as_mut().map_or(Ok(0), |unfinished| unfinished.file.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(unfinished) = &self.unfinished {
            let _ = fs::remove_file(&unfinished.path);
        }
    }
}

/// A folder for many files that can be made again. It is searched for what killed processes left only once.
#[derive(Debug)]
pub struct OutputFolder(PathBuf);

impl OutputFolder {
    pub fn open(folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
        remove_unfinished(&folder);
        Ok(Self(folder))
    }

    /// As [`write_in_one_step`].
    pub fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let path = self.0.join(name);
        Unfinished::create(&self.0, name)
            .and_then(|unfinished| unfinished.finish(|file| file.write_all(content), &path))
            .with_context(|| not_written(&path))
    }
}

/// Writes `content` to a new file in `folder` named `stem-N.extension`, with the first free N. Never replaces a file.
pub fn save_numbered(folder: &Path, stem: &str, extension: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
    for number in 1_u32.. {
        let path = folder.join(format!("{stem}-{number}.{extension}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                if let Err(error) = write_and_sync(&mut file, content) {
                    let _ = fs::remove_file(&path);
                    return Err(error).with_context(|| format!("could not write {}", path.display()));
                }
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("could not create {}", path.display())),
        }
    }
    unreachable!("a folder cannot hold that many files")
}

/// Writes a file that can be made again, only if it does not hold `content` already: cargo then sees no change where there is none.
pub fn write_if_changed(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, content))
        .with_context(|| format!("could not write {}", path.display()))
}

/// The suffix of a file that will replace another.
const UNFINISHED: &str = "unfinished";

fn replace(path: &Path, write: impl FnOnce(&mut File) -> std::io::Result<()>) -> anyhow::Result<()> {
    open(path).and_then(|unfinished| unfinished.finish(write, path)).with_context(|| not_written(path))
}

fn open(path: &Path) -> std::io::Result<Unfinished> {
    let folder = path.parent().expect("a file to write has a folder");
    fs::create_dir_all(folder)?;
    remove_unfinished(folder);
    Unfinished::create(folder, &path.file_name().unwrap_or_default().to_string_lossy())
}

fn not_written(path: &Path) -> String {
    format!("could not write {}; what was there before is unchanged", path.display())
}

/// A file that is being written. It is locked while it is open, which distinguishes it from one that was left behind.
#[derive(Debug)]
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Unfinished {
    fn create(folder: &Path, name: &str) -> std::io::Result<Self> {
        loop {
            let path = unfinished(folder, name);
            let file = File::create(&path)?;
            // Where files cannot be locked, none is removed either.
            let _ = file.lock();
            // Before it was locked, it may have been taken for one that was left behind.
            if path.exists() {
                return Ok(Self { path, file });
            }
        }
    }

    fn finish(mut self, write: impl FnOnce(&mut File) -> std::io::Result<()>, to: &Path) -> std::io::Result<()> {
        let finished = write(&mut self.file).and_then(|()| fs::rename(&self.path, to));
        if finished.is_err() {
            // The first error is the one to report, whether or not this fails, too.
            let _ = fs::remove_file(&self.path);
        }
        finished
    }
}

/// A name that no other write uses, in this process or another.
fn unfinished(folder: &Path, name: &str) -> PathBuf {
    static WRITES: AtomicUsize = AtomicUsize::new(0);
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".{name}.{}-{write}.{UNFINISHED}", std::process::id()))
}

/// Removes what killed processes left in the folder. A process's lock ends with the process.
fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_left = |file: &File| file.try_lock().is_ok();
        if is_unfinished(&entry.file_name().to_string_lossy())
            && let Some(_locked) = File::open(entry.path()).ok().filter(is_left)
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_unfinished(name: &str) -> bool {
    let mut parts = name.rsplit('.');
    let ending = parts.next();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = parts.next().and_then(|numbers| numbers.split_once('-'));
    name.starts_with('.')
        && ending == Some(UNFINISHED)
        && numbers.is_some_and(|(process, write)| digits(process) && digits(write))
}

fn write_and_sync(file: &mut File, content: &[u8]) -> std::io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-files-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn kept_files_never_overwrite_each_other() {
        let folder = folder("keep");
        let first = save_numbered(&folder, "learner", "rs", b"one").unwrap();
        let second = save_numbered(&folder, "learner", "rs", b"two").unwrap();
        assert_eq!(fs::read(first).unwrap(), b"one");
        assert_eq!(fs::read(second).unwrap(), b"two");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_written_in_pieces_takes_its_place_only_when_it_is_whole() {
        let folder = folder("pieces");
        let path = folder.join("x.txt");
        write_atomically(&path, b"old").unwrap();
        let mut dropped = AtomicFile::create(&path).unwrap();
        dropped.write_all(b"half of it").unwrap();
        drop(dropped);
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"one, ").unwrap();
        file.write_all(b"two").unwrap();
        // Another file in the folder does not take it for one that was left behind.
        write_atomically(&folder.join("y.txt"), b"y").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one, two");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "no unfinished file stays");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_of_output_is_cleaned_when_it_is_opened() {
        let folder = folder("output");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(".a.html.1-0.unfinished"), "half of a pa").unwrap();
        let output = OutputFolder::open(folder.clone()).unwrap();
        output.write("a.html", b"a page").unwrap();
        output.write("a.html", b"a page again").unwrap();
        assert_eq!(fs::read(folder.join("a.html")).unwrap(), b"a page again");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_no_litter() {
        let folder = folder("atomic");
        // A folder cannot be replaced by a file: the rename fails after the temporary file was written.
        let path = folder.join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        assert!(write_atomically(&path, b"new").is_err());
        assert!(path.join("inside").is_dir());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = folder("killed");
        fs::create_dir_all(&folder).unwrap();
        let [left, in_work] = ["left", "in_work"].map(|name| unfinished(&folder, name));
        fs::write(&left, b"half").unwrap();
        let lock = File::create(&in_work).unwrap();
        lock.lock().unwrap();
        let others = ["notes.unfinished", ".notes.unfinished", ".notes.1-x.unfinished", ".notes.1-2.tmp"];
        for other in others {
            fs::write(folder.join(other), b"of a user").unwrap();
        }
        write_atomically(&folder.join("new"), b"new").unwrap();
        assert!(!left.exists());
        assert!(in_work.exists(), "another process writes it");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), others.len() + 2);
        drop(lock);
        write_in_one_step(&folder.join("new"), b"newer").unwrap();
        assert!(!in_work.exists());
        assert_eq!(fs::read(folder.join("new")).unwrap(), b"newer");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn writers_at_the_same_time_leave_each_other_alone() {
        let folder = folder("together");
        let write = |number: usize| {
            (0..200).for_each(|_| write_in_one_step(&folder.join(number.to_string()), b"whole").unwrap());
        };
        std::thread::scope(|scope| (0..8).for_each(|number| drop(scope.spawn(move || write(number)))));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 8);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_unchanged_file_is_not_written() {
        let folder = folder("changed");
        let path = folder.join("file");
        write_if_changed(&path, b"one").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        write_if_changed(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
        write_if_changed(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        fs::remove_dir_all(folder).unwrap();
    }
}
