//! The pages in a folder of reports, so that those of submissions that are no longer there do not stay.
//!
//! Only what this grader wrote, and nobody changed since, is removed. A page belongs to the runs that wrote it, and only the same
//! run can give it up: one over the same paths and the same shard. So grading one late learner into the reports of a class removes
//! nobody's page.

use crate::fingerprint::{self, Fingerprint};
use crate::model::Shard;
use crate::report::html::side_by_side;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use xtask::files::write_in_one_step;

/// The list of pages, in the folder of reports.
const LIST: &str = ".pages.json";

/// The folders of pages.
const FOLDERS: [&str; 2] = ["feedback", side_by_side::FOLDER];

/// The file for Canvas's grade book.
pub const CANVAS: &str = "canvas.csv";

/// The file for Moodle's.
pub const MOODLE: &str = "moodle.csv";

/// The archive of learners' pages for Moodle.
pub const MOODLE_FEEDBACK: &str = "moodle-feedback.zip";

/// The pages of one run.
#[derive(Debug)]
pub struct Pages {
    out: PathBuf,
    run: String,
    /// The fingerprints of what was written, by address.
    written: Mutex<BTreeMap<String, String>>,
}

/// A page in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ListedPage {
    /// The fingerprint of what was written.
    content: String,
    /// The runs that wrote it.
    runs: BTreeSet<String>,
}

type List = BTreeMap<String, ListedPage>;

impl Pages {
    /// For a run over these paths that writes its reports to `out`.
    pub fn new(out: &Path, paths: &[PathBuf], shard: Shard) -> Self {
        let mut paths: Vec<String> = paths.iter().map(|path| seen_from(out, path)).collect();
        paths.sort();
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(format!("{}/{}", shard.index, shard.count).as_bytes());
        for path in &paths {
            fingerprint.add(path.as_bytes());
        }
        Self { out: out.to_owned(), run: fingerprint.digits()[..16].to_owned(), written: Mutex::default() }
    }

    /// Whether a run over the same paths, for the same shard, has written reports to `out` before.
    pub fn is_repeated(out: &Path, paths: &[PathBuf], shard: Shard) -> bool {
        let run = Self::new(out, paths, shard).run;
        read(&out.join(LIST)).values().any(|page| page.runs.contains(&run))
    }

    /// Writes a page into a folder of the reports.
    pub fn write(&self, folder: &str, name: &str, text: &str) -> anyhow::Result<()> {
        write_in_one_step(&self.out.join(folder).join(name), text.as_bytes())?;
        self.add(folder, name, text);
        Ok(())
    }

    /// Adds a page that has been written already.
    pub fn add(&self, folder: &str, name: &str, text: &str) {
        let mut written = self.written.lock().expect("no holder of this lock panics");
        written.insert(format!("{folder}/{name}"), fingerprint::of(text.as_bytes()));
    }

    /// Removes the pages that an earlier run of this kind wrote and this one did not. Returns how many.
    pub fn remove_stale(&self) -> anyhow::Result<usize> {
        let path = self.out.join(LIST);
        let mut list = read(&path);
        list.retain(|address, _| is_page(address));
        let written = self.written.lock().expect("no holder of this lock panics").clone();
        let mut removed = 0;
        for (address, page) in &mut list {
            if !written.contains_key(address) && page.runs.remove(&self.run) && page.runs.is_empty() {
                removed += usize::from(remove_unchanged(&self.out.join(address), &page.content));
            }
        }
        list.retain(|_, page| !page.runs.is_empty());
        for (address, content) in written {
            let page =
                list.entry(address).or_insert_with(|| ListedPage { content: String::new(), runs: BTreeSet::new() });
            page.content = content;
            page.runs.insert(self.run.clone());
        }
        write_in_one_step(&path, format!("{}\n", serde_json::to_string_pretty(&list)?).as_bytes())?;
        Ok(removed)
    }

    /// What other runs left in the folder of reports, or somebody put there: pages, files for grade books, reports on a
    /// part of the class. Sorted.
    pub fn left_by_others(&self) -> Vec<String> {
        let written = self.written.lock().expect("no holder of this lock panics");
        let names = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<String>>()
        };
        let is_part = |name: &String| self.out.join(name).join("grades.json").is_file();
        let mut left: Vec<String> =
            names(&self.out).into_iter().filter(is_part).map(|name| format!("{name}/")).collect();
        left.extend(
            [CANVAS, MOODLE, MOODLE_FEEDBACK]
                .map(str::to_owned)
                .into_iter()
                .filter(|name| self.out.join(name).exists()),
        );
        for folder in FOLDERS {
            let addresses = names(&self.out.join(folder)).into_iter().map(|name| format!("{folder}/{name}"));
            left.extend(addresses.filter(|address| !written.contains_key(address)));
        }
        left.sort();
        left
    }
}

/// The list. Without one, or with one that cannot be read, no page is known to be ours.
fn read(path: &Path) -> List {
    fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Whether it is a page in a folder of the reports: the list is only a file, which anybody could change.
fn is_page(address: &str) -> bool {
    let parts: Vec<Component> = Path::new(address).components().collect();
    matches!(parts[..], [Component::Normal(_), Component::Normal(_)])
        && Path::new(address).extension().is_some_and(|extension| extension == "html")
        && !address.contains('\\')
}

/// Removes the file if it is as the grader wrote it.
fn remove_unchanged(path: &Path, content: &str) -> bool {
    let is_ours = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
        && fs::read(path).is_ok_and(|text| fingerprint::of(&text) == content);
    is_ours && !fs::remove_file(path).is_err_and(|error| error.kind() != ErrorKind::NotFound)
}

/// The path from one folder to another, so that both can be moved together.
fn seen_from(out: &Path, path: &Path) -> String {
    let absolute =
        |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or(path.to_owned());
    let (out, path) = (absolute(out), absolute(path));
    let common = out.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = out.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use tempfile::TempDir;

    const WHOLE: Shard = Shard { index: 1, count: 1 };

    /// A run over `path` that writes a page for each name. Returns the number of pages that were removed.
    fn run(folder: &TempDir, path: &str, shard: Shard, names: &[&str]) -> usize {
        let (out, path) = (folder.path().join("grades"), folder.path().join(path));
        fs::create_dir_all(&path).unwrap();
        fs::create_dir_all(&out).unwrap();
        let pages = Pages::new(&out, &[path], shard);
        for name in names {
            pages.write("feedback", &format!("{name}.html"), name).unwrap();
        }
        pages.remove_stale().unwrap()
    }

    fn there(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path().join("grades/feedback")).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_page_of_a_submission_that_is_gone_goes() {
        let folder = TempDir::new().unwrap();
        assert_eq!(run(&folder, "class", WHOLE, &["ann", "bob"]), 0);
        assert_eq!(run(&folder, "class", WHOLE, &["bob"]), 1);
        assert_eq!(there(&folder), ["bob.html"]);
        assert_eq!(run(&folder, "class", WHOLE, &[]), 1);
        assert_eq!(there(&folder), [""; 0]);
    }

    #[test]
    fn what_is_not_ours_stays() {
        let folder = TempDir::new().unwrap();
        run(&folder, "class", WHOLE, &["ann", "bob", "cid"]);
        let feedback = folder.path().join("grades/feedback");
        fs::write(feedback.join("notes.html"), "the teacher's").unwrap();
        fs::write(feedback.join("bob.html"), "bob, and a word from the teacher").unwrap();
        fs::remove_file(feedback.join("cid.html")).unwrap();
        assert_eq!(run(&folder, "class", WHOLE, &[]), 1);
        assert_eq!(there(&folder), ["bob.html", "notes.html"]);
    }

    #[test]
    fn what_others_left_is_named() {
        let folder = TempDir::new().unwrap();
        run(&folder, "class", WHOLE, &["ann"]);
        let out = folder.path().join("grades");
        let put = |name: &str| {
            let path = out.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        [
            "canvas.csv",
            "moodle-feedback.zip",
            "feedback/bob.txt",
            "part/grades.json",
            "notes.txt",
            "grades.json",
            "similarity/x.html",
        ]
        .into_iter()
        .for_each(put);
        let pages = Pages::new(&out, &[folder.path().join("class")], WHOLE);
        pages.write("feedback", "submission-1.html", "").unwrap();
        assert_eq!(pages.remove_stale().unwrap(), 1);
        assert_eq!(
            pages.left_by_others(),
            ["canvas.csv", "feedback/bob.txt", "moodle-feedback.zip", "part/", "similarity/x.html"]
        );
    }

    #[test]
    fn a_run_over_a_part_removes_nobody_elses_page() {
        let folder = TempDir::new().unwrap();
        run(&folder, "class", WHOLE, &["ann", "bob"]);
        assert_eq!(run(&folder, "late", WHOLE, &["cid", "bob"]), 0);
        for index in 1..=2 {
            assert_eq!(run(&folder, "class", Shard { index, count: 2 }, &[["ann", "bob"][index as usize - 1]]), 0);
        }
        assert_eq!(there(&folder), ["ann.html", "bob.html", "cid.html"]);
        // Bob is gone from `late`, but is still in the class.
        assert_eq!(run(&folder, "late", WHOLE, &["cid"]), 0);
        assert_eq!(run(&folder, "late", WHOLE, &[]), 1);
        assert_eq!(there(&folder), ["ann.html", "bob.html"]);
    }

    #[test]
    fn a_list_that_somebody_changed_leads_to_no_other_file() {
        let folder = TempDir::new().unwrap();
        run(&folder, "class", WHOLE, &["ann"]);
        let precious = folder.path().join("precious.html");
        fs::write(&precious, "ann").unwrap();
        let list = folder.path().join("grades").join(LIST);
        for address in ["../precious.html", "feedback/../../precious.html", &precious.display().to_string()] {
            let text = fs::read_to_string(&list).unwrap().replace("feedback/ann.html", address);
            fs::write(&list, text).unwrap();
            run(&folder, "class", WHOLE, &[]);
            assert!(precious.is_file(), "{address}");
            run(&folder, "class", WHOLE, &["ann"]);
        }
        fs::write(&list, "[]").unwrap();
        assert_eq!(run(&folder, "class", WHOLE, &[]), 0);
        assert_eq!(there(&folder), ["ann.html"]);
    }

    #[test]
    fn reports_and_class_can_be_moved_together() {
        let folder = TempDir::new().unwrap();
        run(&folder, "old/class", WHOLE, &["ann"]);
        let path = |path: &str| folder.path().join(path);
        assert_eq!(seen_from(&path("grades"), &path("old/class")), "../old/class");
        assert_eq!(seen_from(&path("grades"), &path("grades")), "");
    }
}
