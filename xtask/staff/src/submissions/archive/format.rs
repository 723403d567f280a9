//! Which format a file has, by its first bytes.

use crate::submissions::layout::ends_with;

/// The usual endings, the longest first where one ends in another.
const ENDINGS: [(&str, Format); 14] = [
    (".zip", Format::Zip),
    (".tar.gz", Format::TarGz),
    (".tgz", Format::TarGz),
    (".tar", Format::Tar),
    (".rar", Format::Rar),
    (".7z", Format::SevenZip),
    (".tar.bz2", Format::Other("bzip2")),
    (".bz2", Format::Other("bzip2")),
    (".tar.xz", Format::Other("xz")),
    (".xz", Format::Other("xz")),
    (".tar.zst", Format::Other("zstd")),
    (".zst", Format::Other("zstd")),
    (".cab", Format::Other("cab")),
    (".bundle", Format::Other("a git bundle")),
];

/// The formats of archives, and of what is taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Zip,
    Tar,
    TarGz,
    Rar,
    SevenZip,
    /// Another archive, by its usual name.
    Other(&'static str),
    /// Rust code under an ending that is not `.rs`.
    Renamed,
}

impl Format {
    /// How many bytes decide.
    pub const HEAD: u64 = 512;

    /// The format of a file with this name that begins like this, if it may contain quests.
    pub fn of(path: &str, head: &[u8]) -> Option<Self> {
        const BEGINNINGS: [(&[u8], Format); 10] = [
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"PK\x07\x08", Format::Other("a split zip")),
            (b"\x1f\x8b", Format::TarGz),
            (b"Rar!\x1a\x07", Format::Rar),
            (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
            (b"BZh", Format::Other("bzip2")),
            (b"\xfd7zXZ\0", Format::Other("xz")),
            (b"\x28\xb5\x2f\xfd", Format::Other("zstd")),
            (b"# v2 git bundle", Format::Other("a git bundle")),
        ];
        /// Documents and programs that are zip archives inside.
        const DOCUMENTS: [&str; 12] =
            [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".pages", ".numbers", ".key", ".jar", ".apk"];
        if [".rs.txt", ".rs.docx", ".rs.doc", ".rs.pdf", ".rs.rtf", ".rs.html"].iter().any(|end| ends_with(path, end)) {
            return Some(Self::Renamed);
        }
        if DOCUMENTS.iter().any(|end| ends_with(path, end)) {
            return None;
        }
        let by_content =
            BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)).map(|(_, format)| *format);
        let is_tar = head.get(257..262) == Some(b"ustar");
        by_content.or(is_tar.then_some(Self::Tar)).or_else(|| Self::by_name(path))
    }

    /// The content says nothing: it is corrupt, or of a format without a beginning of its own.
    fn by_name(path: &str) -> Option<Self> {
        ENDINGS.iter().find(|(end, _)| ends_with(path, end)).map(|(_, format)| *format)
    }

    pub fn is_readable(self) -> bool {
        matches!(self, Self::Zip | Self::Tar | Self::TarGz)
    }

    /// Why it is not read, and what helps.
    pub fn what_to_do(self) -> String {
        const ZIP: &str = "Ask for a zip, or unpack it into a folder";
        match self {
            Self::Zip | Self::Tar | Self::TarGz => format!("it is an archive in an archive in an archive. {ZIP}"),
            Self::Rar => format!("RAR cannot be read here. {ZIP}"),
            Self::SevenZip => format!("7z cannot be read here. {ZIP}"),
            Self::Other(name) => format!("{name} cannot be read here. {ZIP}"),
            Self::Renamed => "its name does not end in `.rs`. Hand in the `.rs` file itself, as plain text".to_owned(),
        }
    }
}
