//! Makes cargo see a learner's file that was restored with an old time stamp.
//!
//! Cargo rebuilds what is newer than its last build. A file restored from a backup, an archive or another branch can differ
//! from what was built and still be older: then cargo takes the old program for the new file's. So the runner remembers
//! what each file held when it was last built, and sets the time stamp of a changed file that looks old to the current time.
//! Its content is never written.

use anyhow::Context as _;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Compares `sources` with what the last build into `target` used, and remembers them for the next build.
///
/// They are remembered before the build, since an interrupted build may have compiled the new content.
pub fn refresh<'a>(target: &Path, sources: impl IntoIterator<Item = (&'a str, PathBuf)>) -> anyhow::Result<()> {
    // One small file for each package: it holds the hash of what was built, and its own time stamp is that of the build.
    let folder = target.join("learner-files");
    fs::create_dir_all(&folder).with_context(|| format!("could not create the folder {}", folder.display()))?;
    for (package, source) in sources {
        let Ok(content) = fs::read(&source) else { continue };
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let hash = hasher.finish().to_string();
        let record = folder.join(package);
        let is_known = fs::read_to_string(&record).is_ok_and(|old| old == hash);
        if !is_known && modified(&source) <= modified(&record) {
            set_modified_now(&source).with_context(|| {
                format!(
                    "could not set the time stamp of {}, without which cargo would not rebuild it",
                    source.display()
                )
            })?;
        }
        if is_known { set_modified_now(&record) } else { fs::write(&record, hash) }
            .with_context(|| format!("could not write {}", record.display()))?;
    }
    Ok(())
}

/// When the file was last written; `None`, which is before any time, if there is no such file.
fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

fn set_modified_now(path: &Path) -> std::io::Result<()> {
    File::options().write(true).open(path)?.set_modified(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_changed_file_that_looks_old_gets_the_present_time_and_others_keep_theirs() {
        let folder = std::env::temp_dir().join(format!("xtask-stale-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("learner.rs");
        let old = SystemTime::now() - Duration::from_secs(3600);
        let put = |content: &str| {
            fs::write(&path, content).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        };
        let modified = || fs::metadata(&path).unwrap().modified().unwrap();
        let refresh = || refresh(&folder, [("quest-01-a", path.clone())]).unwrap();

        put("one");
        refresh();
        assert_eq!(modified(), old, "seen for the first time");
        refresh();
        assert_eq!(modified(), old, "unchanged");
        put("two");
        refresh();
        assert!(modified() > old, "changed, with an old time stamp");
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        fs::remove_dir_all(folder).unwrap();
    }
}
