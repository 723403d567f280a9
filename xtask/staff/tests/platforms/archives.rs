//! Archives as learners and platforms make them, the good ones and the bad ones.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Cursor, Write as _};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A path in a folder or an archive, and what is there.
pub type File = (String, Vec<u8>);

/// Files with short names.
pub fn files<const N: usize>(files: [(&str, &[u8]); N]) -> Vec<File> {
    files.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect()
}

pub fn zip(files: &[File]) -> Vec<u8> {
    zip_of(files, SimpleFileOptions::default())
}

/// The archive is of this day in April 2026, and so are its files.
pub fn zip_of_day(files: &[File], day: u8) -> Vec<u8> {
    let time = DateTime::from_date_and_time(2026, 4, day, 12, 0, 0).unwrap();
    zip_of(files, SimpleFileOptions::default().last_modified_time(time))
}

pub fn stored_zip(files: &[File]) -> Vec<u8> {
    zip_of(files, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

fn zip_of(files: &[File], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        if let Some(folder) = name.strip_suffix('/') {
            writer.add_directory(folder, options).unwrap();
            continue;
        }
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive with a link.
pub fn linking_zip(name: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink(name, "/etc/hostname", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// An archive with an entry of this name, which the library would not write.
pub fn zip_with_name(name: &str, content: &[u8]) -> Vec<u8> {
    let placeholder = "x".repeat(name.len());
    let archive = stored_zip(&[(placeholder.clone(), content.to_vec())]);
    replaced(archive, placeholder.as_bytes(), name.as_bytes())
}

/// An archive with two entries of one name.
pub fn zip_with_twins(content: &[u8]) -> Vec<u8> {
    let archive = stored_zip(&files([("learner-a.rs", content), ("learner-b.rs", content)]));
    replaced(archive, b"learner-b.rs", b"learner-a.rs")
}

/// An archive whose entries say that they are encrypted.
pub fn encrypted_zip(files: &[File]) -> Vec<u8> {
    with_field(zip(files), 6, 8, &[1, 0])
}

/// An archive that is compressed by a method that few programs know.
pub fn zipx(files: &[File]) -> Vec<u8> {
    with_field(zip(files), 8, 10, &[12, 0])
}

/// Overwrites a field in every header of a zip archive: its offset in those before the files, and in those at the end.
fn with_field(mut content: Vec<u8>, before_file: usize, at_end: usize, value: &[u8]) -> Vec<u8> {
    for (header, offset) in [(b"PK\x03\x04", before_file), (b"PK\x01\x02", at_end)] {
        for at in places(&content, header) {
            content[at + offset..at + offset + value.len()].copy_from_slice(value);
        }
    }
    content
}

fn replaced(mut content: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    for at in places(&content, old) {
        content[at..at + new.len()].copy_from_slice(new);
    }
    content
}

fn places(content: &[u8], part: &[u8]) -> Vec<usize> {
    (0..=content.len() - part.len()).filter(|at| content[*at..].starts_with(part)).collect()
}

pub fn tar(files: &[File]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A tar archive of one entry of this kind, whose name is written as it is.
pub fn tar_of_one(kind: EntryType, name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, content).unwrap();
    builder.into_inner().unwrap()
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

pub fn tar_gz(files: &[File]) -> Vec<u8> {
    gzip(&tar(files))
}
