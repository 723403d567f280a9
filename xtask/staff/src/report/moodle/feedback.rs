//! The learners' pages, as Moodle takes them from "Upload multiple feedback files in a zip". How it reads the names in the archive:
//! <https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/feedback/file/importziplib.php>.

use anyhow::Context as _;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes an archive with the page of each participant. The same pages give the same bytes.
pub fn write_archive<'a, W: Write>(
    pages: impl IntoIterator<Item = (&'a str, PathBuf)>,
    archive: W,
) -> anyhow::Result<W> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new_stream(archive);
    for (participant, path) in pages {
        let mut page = File::open(&path).with_context(|| format!("could not read {}", path.display()))?;
        writer
            .start_file(name(participant), options)
            .and_then(|()| Ok(io::copy(&mut page, &mut writer)?))
            .with_context(|| format!("could not add {} to the archive", path.display()))?;
    }
    Ok(writer.finish().context("could not finish the archive")?.into_inner())
}

/// Moodle reads words between underscores: anything, the participant's number, the plugin's type and its name. The rest is the
/// name that the learner sees.
fn name(participant: &str) -> String {
    format!("participant_{participant}_assignfeedback_file_feedback.html")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read as _};
    use zip::ZipArchive;

    /// The participant, the plugin and the file name that Moodle finds in a name.
    fn as_moodle_reads_it(name: &str) -> (&str, [&str; 2], &str) {
        let parts: Vec<&str> = name.splitn(5, '_').collect();
        (parts[1], [parts[2], parts[3]], parts[4])
    }

    #[test]
    fn each_page_is_where_moodle_looks_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let pages = [("12345", "Ada's page"), ("7", "Zoë's page")];
        let path = |number: &str| folder.path().join(number);
        for (number, text) in pages {
            std::fs::write(path(number), text).expect("a page");
        }
        let archive = write_archive(pages.map(|(number, _)| (number, path(number))), Vec::new()).expect("an archive");
        let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
        assert_eq!(archive.len(), pages.len());
        for (index, (number, text)) in pages.into_iter().enumerate() {
            let mut file = archive.by_index(index).expect("a file");
            let name = file.name().expect("a name in UTF-8").into_owned();
            assert_eq!(as_moodle_reads_it(&name), (number, ["assignfeedback", "file"], "feedback.html"));
            let mut content = String::new();
            file.read_to_string(&mut content).expect("text");
            assert_eq!(content, text);
        }
    }
}
