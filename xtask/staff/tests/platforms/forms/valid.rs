//! Ways to hand in the queue that must be recognized. Where the grader must say something about it, its words are
//! given.

use super::{Entry, Form};
use crate::archives::{files, stored_zip, tar, tar_gz, zip, zip_of_day, zip_with_name};
use crate::people::wrapped;
use crate::programs::Programs;

pub fn forms(programs: &Programs) -> Vec<Form> {
    let queue = programs.solution(3);
    let wrong = programs.wrong(3, "last-in-first-out");
    let mut forms = names(&queue);
    forms.extend(contents(&queue));
    forms.extend(archives(&queue));
    forms.extend(odd_archives(&queue));
    forms.extend(trees(programs, &queue));
    forms.extend(several(&queue, &wrong));
    if cfg!(target_os = "linux") {
        let build = [("learner.rs", Entry::File(queue)), ("target", Entry::Link("/"))];
        forms.push(Form::entries("a link where cargo builds", build, ""));
    }
    forms
}

fn names(queue: &[u8]) -> Vec<Form> {
    let mut forms: Vec<Form> = [
        "learner.rs",
        "learner (1).rs",
        "learner-1.rs",
        "Learner.RS",
        "Kopie von learner.rs",
        "main.rs",
        "lib.rs",
        "q3.rs",
        "queue.rs",
        "quest-03-queue.rs",
        "quest_03_queue.rs",
        "Quest 03 Queue.rs",
        "learner.rs.rs",
        "h\u{1b}w.rs",
        "🦀 \u{202e}雷.rs",
        "Lo\u{308}sung.rs",
        "-rf.rs",
    ]
    .into_iter()
    .map(|name| Form::file(name, queue, ""))
    .collect();
    forms.push(Form::file("quest_04_sleep.rs", queue, "is named after quest 4, but it contains quest 3"));
    forms
}

fn contents(queue: &[u8]) -> Vec<Form> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let windows = String::from_utf8(queue.to_vec()).unwrap().replace('\n', "\r\n");
    vec![
        Form::file("mark.rs", [MARK, queue].concat(), ""),
        Form::file("windows.rs", &windows, ""),
        Form::file("both.rs", [MARK, windows.as_bytes()].concat(), ""),
    ]
}

fn archives(queue: &[u8]) -> Vec<Form> {
    let one = files([("learner.rs", queue)]);
    let inner = zip(&one);
    let loops = [("event-loops-main/quest-03-queue/src/learner.rs".to_owned(), queue.to_vec())];
    let long = [(format!("{}/quest-03-queue/src/learner.rs", "a".repeat(150)), queue.to_vec())];
    let with_folders = files([("hw/", b""), ("hw/src/", b""), ("hw/src/learner.rs", queue)]);
    vec![
        Form::file("hw.zip", &inner, ""),
        Form::file("HW.ZIP", &inner, ""),
        Form::file("stored.zip", stored_zip(&one), ""),
        Form::file("main.zip", zip(&loops), ""),
        Form::file("folders.zip", zip(&with_folders), ""),
        Form::file("hw.tar", tar(&one), ""),
        Form::file("hw.tgz", tar_gz(&one), ""),
        Form::file("hw.tar.gz", tar_gz(&loops), ""),
        Form::file("long.tar.gz", tar_gz(&long), ""),
        Form::file("download.zip", zip(&files([("Anna/hw.zip", &inner)])), ""),
        Form::file("tar-in-zip.zip", zip(&files([("hw.tar", &tar(&one))])), ""),
        Form::file("tgz-in-zip.zip", zip(&files([("hw.tar.gz", &tar_gz(&one))])), ""),
        Form::file("zip-in-tgz.tgz", tar_gz(&files([("hw.zip", &inner)])), ""),
    ]
}

/// Archives with another ending, or with much that is not the learner's.
fn odd_archives(queue: &[u8]) -> Vec<Form> {
    let one = files([("learner.rs", queue)]);
    let finder = files([("hw/learner.rs", queue), ("__MACOSX/hw/._learner.rs", b"\0"), ("hw/.DS_Store", b"\0")]);
    let builds = files([("target/debug/big.bin", &vec![0; 70 << 20]), ("learner.rs", queue)]);
    let modules = files([("node_modules/a/learner.rs", b"x"), (".git/b.rs", b"x"), ("hw/learner.rs", queue)]);
    vec![
        Form::file("is-zip.rar", zip(&one), ""),
        Form::file("is-zip", zip(&one), ""),
        Form::file("is-zip.tgz", zip(&one), ""),
        Form::file("is-tgz.zip", tar_gz(&one), ""),
        Form::file("is-tar.bin", tar(&one), ""),
        Form::file("finder.zip", zip(&finder), ""),
        Form::file("builds.zip", zip(&builds), ""),
        Form::file("modules.zip", zip(&modules), ""),
        Form::file("windows.zip", zip_with_name("quest-03-queue\\src\\learner.rs", queue), ""),
    ]
}

fn trees(programs: &Programs, queue: &[u8]) -> Vec<Form> {
    let whole = || programs.copy_with(&[(3, queue.to_vec())]);
    let mut forms: Vec<Form> = [
        "hw/Final Version.RS",
        "a/b/c/d/e/f/g/learner.rs",
        "src/learner.rs",
        "src/main.rs",
        "quest-03-queue/learner.rs",
        "quest-03-queue/learner (2).rs",
        "quest-03-queue/src/learner.rs",
        "quest-03-queue/src/src/learner.rs",
        "QUEST-03-QUEUE/SRC/LEARNER.RS",
        "a/b/c/d/quest-03-queue/src/learner.rs",
        "Büro 雷/quest_03_queue/learner.rs",
    ]
    .into_iter()
    .map(|name| Form { what: name, ..Form::tree("", files([(name, queue)]), "") })
    .collect();
    let builds = files([("target/quest-03-queue/src/learner.rs", b"x"), ("hw/learner.rs", queue)]);
    let own = files([("learner.rs", queue), ("own.rs", b"fn own() {}")]);
    let notes = files([("learner.rs", queue), ("notes.docx", b"PK\x03\x04"), ("Cargo.toml", b"[package]")]);
    forms.extend([
        Form::tree("the whole course", whole(), ""),
        Form::tree("the course in a folder", wrapped("event-loops", whole()), ""),
        Form::file("course.zip", zip(&wrapped("event-loops", whole())), ""),
        Form::tree("builds beside it", builds, ""),
        Form::tree("a file of one's own", own, "`own.rs` is not the file of any quest"),
        Form::tree("notes", notes, ""),
    ]);
    forms
}

/// Several hand-ins of one person.
fn several(queue: &[u8], wrong: &[u8]) -> Vec<Form> {
    const SEVERAL: &str = "Of several files for quest 3, ";
    let day = |name: &str, source: &[u8], day| (name.to_owned(), zip_of_day(&files([("learner.rs", source)]), day));
    let dated = |source: &[u8], day| Entry::Dated(source.to_vec(), day);
    vec![
        Form::tree("two archives", [day("a.zip", queue, 20), day("b.zip", wrong, 3)], SEVERAL),
        Form::tree(
            "an archive of archives",
            [("all.zip".to_owned(), zip(&[day("b.zip", wrong, 3), day("a.zip", queue, 20)]))],
            SEVERAL,
        ),
        Form::entries("two dates", [("a.rs", dated(queue, 9)), ("b.rs", dated(wrong, 8))], SEVERAL),
        Form::entries("two copies", [("learner.rs", dated(wrong, 8)), ("learner (1).rs", dated(queue, 8))], SEVERAL),
        Form::entries(
            "its place, and a newer file",
            [("quest-03-queue/src/learner.rs", dated(queue, 1)), ("try.rs", dated(wrong, 9))],
            SEVERAL,
        ),
        Form::tree("twice the same", files([("a.rs", queue), ("b.rs", queue)]), ""),
    ]
}
