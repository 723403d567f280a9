//! Which of several files for one quest counts.

use super::super::contents::SourceFile;
use super::super::layout::QuestPath;
use super::NAMED;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

/// A file that may be the one for its quest.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    pub file: &'a SourceFile,
    /// Where the course knows the quest, if it is there.
    pub place: Option<QuestPath>,
    /// Whether it is the stub, unchanged: then any work counts before it.
    pub is_stub: bool,
}

/// The file that counts for a quest, with a remark if another one does not; or why nobody can say which.
pub fn the_one_that_counts<'a>(
    number: u32,
    candidates: &[Candidate<'a>],
) -> Result<(&'a SourceFile, Option<String>), String> {
    let has_work = candidates.iter().any(|candidate| !candidate.is_stub);
    let mut by_archive: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| !(has_work && candidate.is_stub)) {
        by_archive.entry(&candidate.file.archive).or_default().push(candidate);
    }
    let best = by_archive.values().map(|files| first(number, files, by_place)).collect::<Result<Vec<_>, String>>()?;
    let file = first(number, &best, |_, _| Ordering::Equal)?.file;
    let mut others: Vec<String> = candidates
        .iter()
        .filter(|other| other.file.content != file.content)
        .map(|other| format!("`{}`", other.file.shown()))
        .collect();
    others.truncate(NAMED);
    let remark =
        format!("Of several files for quest {number}, `{}` counts, and not {}", file.shown(), others.join(", "));
    Ok((file, (!others.is_empty()).then_some(remark)))
}

/// The first in `order`, then the newest, then the one of the highest number in its name. If several are first and
/// differ, nothing decides.
fn first<'a, 'b>(
    number: u32,
    candidates: &[&'b Candidate<'a>],
    order: fn(&Candidate, &Candidate) -> Ordering,
) -> Result<&'b Candidate<'a>, String> {
    let mut sorted = candidates.to_vec();
    sorted.sort_by(|one, other| order(one, other).then_with(|| by_age(one, other)));
    // Of each series of copies, the last one stays.
    sorted.dedup_by(|other, one| {
        let (of_one, of_other) = (copy_number(&one.file.path), copy_number(&other.file.path));
        is_as_good(one, other, order) && of_one.0 == of_other.0 && of_one.1 > of_other.1
    });
    let best = sorted[0];
    match sorted.iter().find(|other| is_as_good(best, other, order) && other.file.content != best.file.content) {
        None => Ok(best),
        Some(other) => Err(format!(
            "`{}` and `{}` are both for quest {number}; only one of them can be graded, and nothing says which one is \
             newer. Remove the other one",
            best.file.shown(),
            other.file.shown()
        )),
    }
}

/// Whether nothing but a number in a name could decide between them.
fn is_as_good(one: &Candidate, other: &Candidate, order: fn(&Candidate, &Candidate) -> Ordering) -> bool {
    order(one, other).is_eq() && one.file.modified == other.file.modified
}

/// A file at a place that the course knows first.
fn by_place(one: &Candidate, other: &Candidate) -> Ordering {
    (one.place.is_none(), &one.place).cmp(&(other.place.is_none(), &other.place))
}

/// The newest first. A file without a time is older than any other. Then copies of one name follow each other, the last
/// one first. The rest makes it a total order, so that nothing depends on the order in which files are found.
pub fn by_age(one: &Candidate, other: &Candidate) -> Ordering {
    key(one.file).cmp(&key(other.file))
}

type Key<'a> = (Reverse<Option<i64>>, &'a str, Reverse<u32>, &'a str, &'a str);

fn key(file: &SourceFile) -> Key<'_> {
    let (stem, number) = copy_number(&file.path);
    (Reverse(file.modified), stem, Reverse(number), &file.path, &file.archive)
}

/// `learner (2).rs` and `learner-2.rs` are the second copies of `learner`; `learner.rs` is none.
fn copy_number(path: &str) -> (&str, u32) {
    let stem = path.get(..path.len().saturating_sub(3)).unwrap_or(path);
    let numbered = match stem.strip_suffix(')') {
        Some(stem) => stem.rsplit_once('('),
        None => stem.rsplit_once('-'),
    };
    let parsed = numbered.and_then(|(stem, number)| Some((stem.trim_end(), number.parse().ok()?)));
    parsed.unwrap_or((stem, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that no order by numbers alone can sort, with and without times.
    fn odd_files() -> Vec<SourceFile> {
        let paths = [
            "learner.rs",
            "learner (1).rs",
            "learner(1).rs",
            "learner-1.rs",
            "learner (2).rs",
            "b.rs",
            "b (7).rs",
            "c-2.rs",
            "(3).rs",
            "-3.rs",
            ".rs",
            "x",
            "learner (4294967296).rs",
            "a/learner (2).rs",
            "learner ().rs",
            "é (1).rs",
        ];
        let times = [None, Some(-1), Some(5)];
        let file = |path: &str, modified, archive: &str, content: &str| SourceFile {
            archive: archive.to_owned(),
            path: path.to_owned(),
            modified,
            content: content.as_bytes().to_vec(),
        };
        let mut files = Vec::new();
        for (index, path) in paths.iter().enumerate() {
            for modified in times {
                files.push(file(path, modified, "", &index.to_string()));
            }
            files.push(file(path, None, "hw.zip", "same"));
        }
        files
    }

    fn candidate(file: &SourceFile) -> Candidate<'_> {
        Candidate { file, place: QuestPath::of(&file.path), is_stub: false }
    }

    #[test]
    fn the_order_is_total() {
        let files = odd_files();
        let candidates: Vec<Candidate> = files.iter().map(candidate).collect();
        for one in &candidates {
            for two in &candidates {
                assert_eq!(by_age(one, two), by_age(two, one).reverse());
                assert_eq!(by_age(one, two).is_eq(), std::ptr::eq(one, two), "{one:?} {two:?}");
                for three in &candidates {
                    if by_age(one, two).is_le() && by_age(two, three).is_le() {
                        assert!(by_age(one, three).is_le(), "{one:?} {two:?} {three:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_in_which_files_are_found_decides_nothing() {
        let files = odd_files();
        fastrand::seed(7);
        for _ in 0..300 {
            let mut chosen: Vec<Candidate> =
                fastrand::choose_multiple(&files, fastrand::usize(1..6)).into_iter().map(candidate).collect();
            let found = the_one_that_counts(3, &chosen).map(|(file, _)| file.shown());
            for _ in 0..5 {
                fastrand::shuffle(&mut chosen);
                assert_eq!(the_one_that_counts(3, &chosen).map(|(file, _)| file.shown()), found, "{chosen:?}");
            }
        }
    }
}
