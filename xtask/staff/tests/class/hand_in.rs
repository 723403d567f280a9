//! Writes a class as it is handed in: folders, `.zip` and `.tar.gz`, in the layouts that the grader knows.

use crate::draw::{Content, Drawn};
use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use tar::{EntryType, Header};
use xtask::course::{Course, Quest};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A path within a submission, with `/`, and the file's content.
type Entry = (String, Vec<u8>);

/// Writes the class into `folder`.
pub fn write(course: &Course, class: &[Drawn], folder: &Path, rng: &mut Rng) {
    fs::create_dir_all(folder).unwrap();
    for drawn in class {
        let place = |ending: &str| folder.join(format!("{}{ending}", drawn.id));
        match &drawn.content {
            Content::Escaping => {
                let entries =
                    [("quest-03-queue.rs".to_owned(), b"fn a() {}".to_vec()), ("../up".to_owned(), Vec::new())];
                fs::write(place(".zip"), zip(&entries)).unwrap();
            }
            Content::Linking => fs::write(place(".tar.gz"), tar_gz(&[], Some("quest-03-queue.rs"))).unwrap(),
            Content::Pieces(pieces) => {
                let wrapping = ["", "event-loops/", "homework/event-loops-main/"][rng.usize(..3)];
                let files = course.quests.iter().filter_map(|quest| {
                    let file = pieces[&quest.number].file.clone()?;
                    Some((format!("{wrapping}{}", path(quest, rng)), file))
                });
                let mut entries: Vec<Entry> = files.collect();
                entries.push((format!("{wrapping}README.md"), b"My homework".to_vec()));
                match rng.u32(..3) {
                    0 => write_folder(&place(""), &entries),
                    1 => fs::write(place(".zip"), zip(&entries)).unwrap(),
                    _ => fs::write(place(".tar.gz"), tar_gz(&entries, None)).unwrap(),
                }
            }
        }
    }
}

/// Where the file of a quest is.
fn path(quest: &Quest, rng: &mut Rng) -> String {
    let package = &quest.package;
    match rng.u32(..4) {
        0 => format!("{package}/learner.rs"),
        1 => format!("{}.rs", quest.crate_name()),
        _ => format!("{package}/src/learner.rs"),
    }
}

fn write_folder(folder: &Path, entries: &[Entry]) {
    for (name, content) in entries {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_gz(entries: &[Entry], link: Option<&str>) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in entries {
        let mut header = Header::new_gnu();
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    if let Some(name) = link {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, name, "/etc/hostname").unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}
