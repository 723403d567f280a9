//! What nobody can grade, with words of the reason that must be given.

use super::{Entry, Form};
use crate::archives::{
    encrypted_zip, files, gzip, linking_zip, tar, tar_gz, tar_of_one, zip, zip_with_name, zip_with_twins, zipx,
};
use crate::programs::Programs;
use tar::EntryType;

pub fn forms(programs: &Programs) -> Vec<Form> {
    let queue = programs.solution(3);
    let mut forms = other_archives();
    forms.extend(broken_archives(&queue));
    forms.extend(archives_without_a_quest(&queue));
    forms.extend(documents(&queue));
    forms.extend(other_code(&queue));
    forms.extend(encodings(&queue));
    forms.extend(unreadable_code(programs, &queue));
    forms.extend(trees(programs, &queue));
    if cfg!(target_os = "linux") {
        forms.extend(special_files());
    }
    forms
}

/// Archives that the grader does not read.
fn other_archives() -> Vec<Form> {
    vec![
        Form::file("hw.rar", b"Rar!\x1a\x07\0old", "RAR cannot be read here"),
        Form::file("hw5.rar", b"Rar!\x1a\x07\x01\0new", "Ask for a zip"),
        Form::file("is-rar.zip", b"Rar!\x1a\x07\x01\0", "RAR cannot be read here"),
        Form::file("hw.part1.rar", b"Rar!\x1a\x07\x01\0", "RAR cannot be read here"),
        Form::file("hw.r00", b"more of a RAR", "hw.r00"),
        Form::file("empty.rar", b"", "RAR cannot be read here"),
        Form::file("hw.7z", b"7z\xbc\xaf\x27\x1c", "hw.7z"),
        Form::file("hw.7z.001", b"7z\xbc\xaf\x27\x1c", "hw.7z.001"),
        Form::file("hw.tar.xz", b"\xfd7zXZ\0", "xz cannot be read here"),
        Form::file("hw.tar.bz2", b"BZh91AY", "bzip2 cannot be read here"),
        Form::file("hw.tar.zst", b"\x28\xb5\x2f\xfd", "zstd cannot be read here"),
        Form::file("hw.tar.lz4", b"\x04\x22\x4d\x18", "hw.tar.lz4"),
        Form::file("hw.tar.Z", b"\x1f\x9d\x90", "hw.tar.Z"),
        Form::file("hw.lzma", b"\x5d\0\0\x80", "hw.lzma"),
        Form::file("hw.cab", b"MSCF", "cab cannot be read here"),
        Form::file("hw.arj", b"\x60\xea", "hw.arj"),
        Form::file("hw.lzh", b"\x21\x0b-lh5-", "hw.lzh"),
        Form::file("hw.iso", b"\0", "hw.iso"),
        Form::file("hw.dmg", b"koly", "hw.dmg"),
        Form::file("hw.exe", b"MZ\x90\0", "hw.exe"),
        Form::file("repo.bundle", b"# v2 git bundle\n", "a git bundle"),
        Form::file("hw.zip.gpg", b"\x85\x02\x0c", "hw.zip.gpg"),
    ]
}

/// Archives that are cut, spoiled, locked or hostile.
fn broken_archives(queue: &[u8]) -> Vec<Form> {
    let one = zip(&files([("learner.rs", queue)]));
    let tar_gz = tar_gz(&files([("learner.rs", queue)]));
    let tar = tar(&files([("learner.rs", queue)]));
    let device = gzip(&tar_of_one(EntryType::Fifo, "learner.rs", b""));
    let link = gzip(&tar_of_one(EntryType::Symlink, "learner.rs", b""));
    let up = gzip(&tar_of_one(EntryType::Regular, "../learner.rs", queue));
    let bomb = zip(&files([("bomb.zip", &zip(&files([("a", &vec![0; 70 << 20])])))]));
    vec![
        Form::file("split.zip", b"PK\x07\x08", "a split zip cannot be read here"),
        Form::file("hw.zip.001", &one[..100], "corrupt"),
        Form::file("hw.z01", &one[100..200], "hw.z01"),
        Form::file("empty.zip", b"", "corrupt"),
        Form::file("cut.zip", &one[..one.len() / 2], "corrupt"),
        Form::file("text.zip", b"fn main() {}", "corrupt"),
        Form::file("cut.tgz", &tar_gz[..tar_gz.len() / 2], "cannot be read"),
        Form::file("cut.tar", &tar[..600], "corrupt"),
        Form::file("no.tar", b"no", "corrupt"),
        Form::file("no.gz", b"\x1f\x8bno", "corrupt"),
        Form::file("learner.rs.gz", gzip(queue), "corrupt"),
        Form::file("secret.zip", encrypted_zip(&files([("learner.rs", queue)])), "encrypted"),
        Form::file("hw.zipx", zipx(&files([("learner.rs", queue)])), "unsupported"),
        Form::file("link.zip", linking_zip("learner.rs"), "is a link"),
        Form::file("link.tgz", link, "is a link"),
        Form::file("pipe.tgz", device, "is not a regular file"),
        Form::file("up.zip", zip_with_name("../up.rs", queue), "points outside the archive"),
        Form::file("up.tgz", up, "points outside the archive"),
        Form::file("root.zip", zip_with_name("/root.rs", queue), "is an absolute path"),
        Form::file("drive.zip", zip_with_name("C:\\me\\a.rs", queue), "contains a drive letter"),
        Form::file("mixed.zip", zip_with_name("a/b\\c.rs", queue), "mixes"),
        Form::file("twins.zip", zip_with_twins(queue), "two entries of one name"),
        Form::file("bomb.zip", bomb, "bomb.zip"),
    ]
}

/// Archives in which nothing is a quest.
fn archives_without_a_quest(queue: &[u8]) -> Vec<Form> {
    let one = zip(&files([("learner.rs", queue)]));
    let deep = zip(&files([("b.zip", &zip(&files([("c.zip", &one)])))]));
    let in_rar = files([("hw.rar", b"Rar!\x1a\x07\0")]);
    let other = tar_gz(&files([("x.rs", b"fn x() {}")]));
    vec![
        Form::file("deep.zip", deep, "an archive in an archive in an archive"),
        Form::file("hidden.zip", zip(&files([(".git/x.rs", queue)])), ".git"),
        Form::file("build.zip", zip(&files([("target/debug/learner.rs", queue)])), "target/debug/learner.rs"),
        Form::file("other.tgz", other, "x.rs"),
        Form::file("rar.zip", zip(&in_rar), "RAR cannot be read here"),
        Form::file("no-code.zip", zip(&files([("empty.rs", b"")])), "empty.rs"),
        Form::file("stub.zip", zip(&files([("quest-03-queue/README.md", b"The queue")])), "README.md"),
    ]
}

fn documents(queue: &[u8]) -> Vec<Form> {
    let fenced = [b"```rust\n", queue, b"```\n"].concat();
    let page = [b"<!DOCTYPE html><pre>", queue, b"</pre>"].concat();
    vec![
        Form::file("learner.rs.txt", queue, "does not end in `.rs`"),
        Form::file("learner.rs.docx", b"PK\x03\x04", "does not end in `.rs`"),
        Form::file("learner.rs.doc", b"\xd0\xcf\x11\xe0", "does not end in `.rs`"),
        Form::file("learner.rs.pdf", b"%PDF-1.7", "does not end in `.rs`"),
        Form::file("learner.rs.rtf", b"{\\rtf1}", "does not end in `.rs`"),
        Form::file("learner.rs.html", &page, "does not end in `.rs`"),
        Form::file("hw.docx", zip(&files([("word/document.xml", b"<w:t/>")])), "hw.docx"),
        Form::file("hw.odt", zip(&files([("content.xml", b"<text/>")])), "hw.odt"),
        Form::file("hw.pptx", b"PK\x03\x04", "hw.pptx"),
        Form::file("hw.xlsx", b"PK\x03\x04", "hw.xlsx"),
        Form::file("hw.pages", b"PK\x03\x04", "hw.pages"),
        Form::file("hw.pdf", b"%PDF-1.7", "hw.pdf"),
        Form::file("hw.png", b"\x89PNG", "hw.png"),
        Form::file("IMG_1.HEIC", b"\0\0\0\x18ftypheic", "IMG_1.HEIC"),
        Form::file("screen.mp4", b"\0\0\0\x18ftypmp42", "screen.mp4"),
        Form::file("hw.ipynb", b"{\"cells\": []}", "hw.ipynb"),
        Form::file("hw.md", &fenced, "hw.md"),
        Form::file("gist.html", &page, "gist.html"),
        Form::file("hw.url", b"[InternetShortcut]\nURL=https://example.org", "hw.url"),
        Form::file("hw.webloc", b"<plist/>", "hw.webloc"),
        Form::file("learner.rs.lnk", b"L\0\0\0", "learner.rs.lnk"),
        Form::file("mail.eml", b"Subject: homework", "mail.eml"),
        Form::file("hw.patch", b"--- a\n+++ b\n", "hw.patch"),
        Form::file("notes.txt", b"later", "notes.txt"),
        Form::file("empty.txt", b"", "empty.txt"),
    ]
}

/// Code under another name, and code of something else.
fn other_code(queue: &[u8]) -> Vec<Form> {
    vec![
        Form::file("learner", queue, "No quest was recognized in: learner"),
        Form::file("learner.txt", queue, "learner.txt"),
        Form::file("learner.rs~", queue, "learner.rs~"),
        Form::file("learner.rs.bak", queue, "learner.rs.bak"),
        Form::file("learner.rs.orig", queue, "learner.rs.orig"),
        Form::file("learner.rs.crdownload", queue, "learner.rs.crdownload"),
        Form::file("learner.rust", queue, "learner.rust"),
        Form::file(".learner.rs", queue, ".learner.rs"),
        Form::file(".learner.rs.swp", b"b0VIM 9.1", ".learner.rs.swp"),
        Form::file("learner.py", b"def event_loop(queue): pass", "learner.py"),
        Form::file("Learner.java", b"class Learner {}", "Learner.java"),
        Form::file("main.c", b"int main(void) {}", "main.c"),
        Form::file("main.rs", b"fn main() { println!(\"Hello, world!\"); }", "public items"),
        Form::file("other.rs", b"pub fn run() {}", "public items"),
        Form::file("quest-99-other.rs", b"fn main() {}", "quest-99-other.rs"),
        Form::file("quest-3.rs", b"fn main() {}", "quest-3.rs"),
        Form::file("Cargo.toml", b"[package]", "Cargo.toml"),
        Form::file("build.sh", b"cargo build", "build.sh"),
        Form::file("HEAD", b"ref: refs/heads/main", "HEAD"),
        Form::file("new\u{1b}[2Jline.txt", b"", "\\u{1b}[2J"),
        Form::file("rtl\u{202e}sr.txt", b"", "\\u{202e}"),
    ]
}

/// Text that is not UTF-8.
fn encodings(queue: &[u8]) -> Vec<Form> {
    let units: Vec<u16> = String::from_utf8(queue.to_vec()).unwrap().encode_utf16().collect();
    let little: Vec<u8> = [0xfeff].iter().chain(&units).flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = [0xfeff].iter().chain(&units).flat_map(|unit| unit.to_be_bytes()).collect();
    vec![
        Form::file("utf16.rs", &little, "`utf16.rs` is UTF-16"),
        Form::file("utf16-big.rs", big, "`utf16-big.rs` is UTF-16"),
        Form::file("utf16-bare.rs", &little[2..], "utf16-bare.rs"),
        Form::file("in-zip.zip", zip(&files([("learner.rs", &little)])), "learner.rs` is UTF-16"),
        Form::file("binary.rs", b"\x7fELF\0\xff", "binary.rs"),
    ]
}

/// Files that end in `.rs`, and are no quest all the same.
fn unreadable_code(programs: &Programs, queue: &[u8]) -> Vec<Form> {
    let text = String::from_utf8(queue.to_vec()).unwrap();
    let commented = format!("// {}\n", text.trim_end().replace('\n', "\n// "));
    let all: Vec<u8> = programs.numbers().flat_map(|number| programs.solution(number)).collect();
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    vec![
        Form::file("empty.rs", b"", "empty.rs"),
        Form::file("blank.rs", b" \n\n", "blank.rs"),
        Form::file("commented.rs", commented, "commented.rs"),
        Form::file("block.rs", format!("/* {} */", text.replace("*/", "")), "block.rs"),
        Form::file("private.rs", text.replace("pub ", ""), "private.rs"),
        Form::file("string.rs", format!("const A: &str = r####\"{text}\"####;"), "string.rs"),
        Form::file("formatted.rs", b"{\\rtf1\\ansi pub fn event\\_loop}", "formatted.rs"),
        Form::file("pointer.rs", pointer, "pointer.rs"),
        Form::file("all.rs", all, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        Form::file("large.rs", vec![b' '; 2 << 20], "larger than 1 MiB"),
        Form::file("large.zip", zip(&files([("large.rs", &vec![b' '; 2 << 20])])), "larger than 1 MiB"),
    ]
}

fn trees(programs: &Programs, queue: &[u8]) -> Vec<Form> {
    let newer = [queue, b"// Another one.\n"].concat();
    let one_quest = ["Cargo.toml", "README.md", "stub.rs", "src/lib.rs", "src/main.rs", "tests/quest.rs"].map(|name| {
        let name = format!("quest-03-queue/{name}");
        let file = programs.copy_with(&[]).into_iter().find(|(path, _)| *path == name);
        file.unwrap_or_else(|| panic!("the learners' copy has no {name}"))
    });
    let many = (0..5_001).map(|number| (format!("{number}.txt"), Vec::new()));
    let bare = files([("HEAD", b"ref: refs/heads/main"), ("objects/info/packs", b""), ("config", b"[core]")]);
    let cargo_new = files([("hw/Cargo.toml", b"[package]"), ("hw/src/main.rs", b"fn main() {}")]);
    let week = |name: &str, source: &[u8]| (format!("{name}/quest-03-queue/src/learner.rs"), source.to_vec());
    vec![
        Form::tree("two files and no order", files([("a.rs", queue), ("b.rs", &newer)]), "are both for quest 3"),
        Form::tree("two folders", [week("one", queue), week("two", &newer)], "are both for quest 3"),
        Form::tree("too deep", files([("a/b/c/d/e/f/g/x.txt", b"x")]), "is deeper"),
        Form::tree("a quest without its file", one_quest, "quest-03-queue"),
        Form::tree("another quest", files([("quest-99-other/src/learner.rs", b"fn main() {}")]), "quest-99-other"),
        Form::tree("a bare repository", bare, "it is a bare git repository"),
        Form::tree("cargo new", cargo_new, "hw/src/main.rs"),
        Form::tree("only builds", files([("target/debug/learner.rs", queue)]), "target"),
        Form::tree("only git", files([(".git/config", b"[core]")]), ".git"),
        Form::tree("only modules", files([("node_modules/a/learner.rs", queue)]), "node_modules"),
        Form::tree("kept copies", files([(".course/kept/quest-03-queue/learner.rs", queue)]), ".course"),
        Form::tree("too many files", many, "more than 5000 files"),
        Form::tree("a folder of this name", files([("learner.rs/code.txt", queue)]), "learner.rs/code.txt"),
        Form::tree(
            "a rar and a text",
            files([("hw.rar", b"Rar!\x1a\x07\0"), ("a.txt", b"")]),
            "RAR cannot be read here",
        ),
    ]
}

/// What only some systems can hold.
fn special_files() -> Vec<Form> {
    vec![
        Form::entries("a link", [("learner.rs", Entry::Link("/etc/hostname"))], "is a link"),
        Form::entries("a link to nothing", [("quest-03-queue", Entry::Link("nowhere"))], "is a link"),
        Form::entries("a linked folder", [("hw", Entry::Folder), ("src", Entry::Link("hw"))], "is a link"),
        Form::entries("a pipe", [("learner.rs", Entry::Pipe)], "is not a regular file"),
        Form::entries("a pipe in a quest", [("quest-03-queue/src/learner.rs", Entry::Pipe)], "is not a regular file"),
    ]
}
