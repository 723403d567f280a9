//! A zip archive of a tree: sorted, with fixed times and permissions, so that the same tree gives the same bytes.

use crate::stage::tree::Tree;
use anyhow::Context as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The archive's bytes. The files `executable`, at the top of the tree, may be executed.
pub fn zip(tree: &Tree, executable: &[&str]) -> anyhow::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in tree.files() {
        let (path, bytes) = file?;
        let mode = if executable.iter().any(|name| path == Path::new(name)) { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(mode);
        writer
            .start_file_from_path(path, options)
            .and_then(|()| Ok(writer.write_all(&bytes)?))
            .with_context(|| format!("could not add {} to the archive", path.display()))?;
    }
    Ok(writer.finish().context("could not finish the archive")?.into_inner())
}
