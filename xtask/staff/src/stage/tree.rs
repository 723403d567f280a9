//! A tree of files to write: the one way in which the course is copied.

use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use xtask::files::write_if_changed;

/// Files by their path in the folder to which the tree is written, each with what it will hold.
#[derive(Debug, Default)]
pub struct Tree {
    entries: BTreeMap<PathBuf, TreeEntry>,
}

#[derive(Debug)]
enum TreeEntry {
    Bytes(Vec<u8>),
    CopyOf(PathBuf),
    /// A folder without files.
    EmptyFolder,
}

impl Tree {
    /// Adds a file with this content. It replaces one that the tree has under the same path.
    pub fn add(&mut self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.entries.insert(path.into(), TreeEntry::Bytes(content.into()));
    }

    /// Adds a copy of the file `from`.
    pub fn add_file(&mut self, path: impl Into<PathBuf>, from: impl Into<PathBuf>) {
        self.entries.insert(path.into(), TreeEntry::CopyOf(from.into()));
    }

    /// Adds a copy of the folder `from`, without what is left out and without symbolic links.
    pub fn add_folder(&mut self, path: &Path, from: &Path, is_left_out: &dyn Fn(&Path) -> bool) -> anyhow::Result<()> {
        let mut is_empty = true;
        for entry in read_folder(from)? {
            is_empty = false;
            let source = entry.path();
            if is_left_out(&source) {
                continue;
            }
            let kind = entry.file_type().with_context(|| format!("could not read {}", source.display()))?;
            if kind.is_dir() {
                self.add_folder(&path.join(entry.file_name()), &source, is_left_out)?;
            } else if kind.is_file() {
                self.add_file(path.join(entry.file_name()), source);
            }
        }
        if is_empty {
            self.entries.insert(path.to_owned(), TreeEntry::EmptyFolder);
        }
        Ok(())
    }

    /// Each file's path and content, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = anyhow::Result<(&Path, Vec<u8>)>> {
        self.entries.iter().filter_map(|(path, content)| {
            let bytes = match content {
                TreeEntry::Bytes(bytes) => Ok(bytes.clone()),
                TreeEntry::CopyOf(source) => read(source),
                TreeEntry::EmptyFolder => return None,
            };
            Some(bytes.map(|bytes| (path.as_path(), bytes)))
        })
    }

    /// Writes the tree to `folder`. A file that is up to date keeps its time stamp, so that cargo builds nothing again for it.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        for (path, content) in &self.entries {
            let path = folder.join(path);
            match content {
                TreeEntry::Bytes(bytes) => write_if_changed(&path, bytes)?,
                TreeEntry::CopyOf(source) => write_if_changed(&path, &read(source)?)?,
                TreeEntry::EmptyFolder => make_folder(&path)?,
            }
        }
        Ok(())
    }

    /// Writes the tree, and removes from `folder` whatever is not part of it, except for these names at its top.
    pub fn sync_to(&self, folder: &Path, kept: &[&str]) -> anyhow::Result<()> {
        make_folder(folder)?;
        self.remove_others(folder, Path::new(""), kept)?;
        self.write(folder)
    }

    /// Writes copies with the time stamps and permissions of their sources: a build in the copy is as fresh as it was there.
    pub fn write_with_times(&self, folder: &Path) -> anyhow::Result<()> {
        self.write_folders(folder)?;
        for (path, content) in &self.entries {
            let path = folder.join(path);
            match content {
                TreeEntry::CopyOf(source) => copy_with_time(source, &path)
                    .with_context(|| format!("could not copy {} to {}", source.display(), path.display()))?,
                TreeEntry::Bytes(bytes) => write_if_changed(&path, bytes)?,
                TreeEntry::EmptyFolder => {}
            }
        }
        Ok(())
    }

    fn write_folders(&self, folder: &Path) -> anyhow::Result<()> {
        self.entries.iter().try_for_each(|(path, content)| match content {
            TreeEntry::EmptyFolder => make_folder(&folder.join(path)),
            _ => path.parent().map_or(Ok(()), |parent| make_folder(&folder.join(parent))),
        })
    }

    fn remove_others(&self, folder: &Path, below: &Path, kept: &[&str]) -> anyhow::Result<()> {
        for entry in read_folder(&folder.join(below))? {
            let path = below.join(entry.file_name());
            if kept.iter().any(|name| path == Path::new(name)) {
                continue;
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let is_file_of_tree =
                self.entries.get(&path).is_some_and(|content| !matches!(content, TreeEntry::EmptyFolder));
            if is_folder && !is_file_of_tree && self.has_below(&path) {
                self.remove_others(folder, &path, kept)?;
            } else if is_folder || !is_file_of_tree {
                let path = entry.path();
                if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
                    .with_context(|| format!("could not remove {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Whether the tree has the folder. In the order of paths, what is in a folder follows it directly.
    fn has_below(&self, folder: &Path) -> bool {
        self.entries.range(folder.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(folder))
    }
}

/// Reads a file of the course.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

fn copy_with_time(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_modified(fs::metadata(from)?.modified()?)
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not create the folder {}", folder.display()))
}

fn read_folder(folder: &Path) -> anyhow::Result<Vec<fs::DirEntry>> {
    fs::read_dir(folder)
        .and_then(Iterator::collect)
        .with_context(|| format!("could not read the folder {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, content) in files {
            tree.add(*path, *content);
        }
        tree
    }

    fn files_below(folder: &Path) -> Vec<String> {
        let mut all = Tree::default();
        all.add_folder(Path::new(""), folder, &|_| false).unwrap();
        all.entries.keys().map(|path| path.to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn a_mirror_holds_the_tree_and_what_is_kept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        tree(&[("a/b", "1"), ("a/old", "2"), ("old/c", "3"), ("target/d", "4"), ("e/target/f", "5"), ("file", "6")])
            .write(folder)
            .unwrap();
        // A folder becomes a file, and vice versa.
        let now = tree(&[("a/b", "new"), ("e/g", "7"), ("old", "8"), ("file/h", "9")]);
        now.sync_to(folder, &["target"]).unwrap();
        assert_eq!(files_below(folder), ["a/b", "e/g", "file/h", "old", "target/d"]);
        assert_eq!(fs::read(folder.join("a/b")).unwrap(), b"new");
    }

    #[test]
    fn a_copy_skips_what_it_should_and_can_keep_time_stamps() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        tree(&[("a/b", "1"), ("a/secret/c", "2"), ("d", "3")]).write(&from).unwrap();
        fs::create_dir(from.join("empty")).unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        File::options().write(true).open(from.join("d")).unwrap().set_modified(old).unwrap();
        let mut copy = Tree::default();
        copy.add_folder(Path::new(""), &from, &|path| path.ends_with("secret")).unwrap();
        copy.write_with_times(&to).unwrap();
        assert_eq!(files_below(&to), ["a/b", "d", "empty"]);
        assert_eq!(fs::metadata(to.join("d")).unwrap().modified().unwrap(), old);
    }
}
