//! What a build may touch.
//!
//! Cargo and the compiler have different policies. Cargo reads the configuration of the user and of every parent folder, which may
//! contain tokens and passwords. The compiler reads what submissions make it read.

use crate::confine::{LIBRARIES, Policy};
use crate::stage::Stage;
use crate::toolchain::Toolchain;
use anyhow::Context as _;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// For the compiler and its child processes: reads the toolchain, the sources of libraries and the stage; writes to the target folder.
pub fn of_compiler(root: &Path, stage: &Stage, toolchain: &Toolchain, temporary: &Path) -> Policy {
    let private = private(root, stage, toolchain);
    let mut read = stage.folder.canonicalize().map_or_else(|_| Vec::new(), |folder| without(&folder, &private));
    read.extend(["registry/src", "git/checkouts"].map(|part| toolchain.cargo_home.join(part)));
    read.extend(["/etc/ld.so.cache", "/dev/urandom"].map(PathBuf::from));
    let mut execute = programs(&private);
    // Some libraries have a build script.
    execute.extend([toolchain.folder.clone(), stage.target()]);
    Policy { read, execute, write: vec![stage.target(), temporary.to_owned(), "/dev/null".into()], processes: true }
}

/// For cargo, which starts the compiler through the grader: the compiler's policy, the downloads and cargo's configuration.
pub fn of_cargo(compiler: Policy, stage: &Stage, toolchain: &Toolchain) -> anyhow::Result<Policy> {
    let mut policy = compiler;
    policy.read.extend(["registry/index", "registry/cache", "git/db"].map(|part| toolchain.cargo_home.join(part)));
    // Nothing else in these folders, in particular not `credentials.toml`.
    let with_settings = folders_with_settings(stage).chain([toolchain.cargo_home.clone()]);
    let mut settings = Vec::new();
    with_settings
        .for_each(|folder| ["config.toml", "config"].iter().for_each(|name| add(folder.join(name), &mut settings)));
    policy.read.append(&mut settings);
    policy.execute.extend([toolchain.cargo(), env::current_exe().context("could not find the grader's executable")?]);
    Ok(policy)
}

/// Cargo reads the configuration of every parent folder.
fn folders_with_settings(stage: &Stage) -> impl Iterator<Item = PathBuf> {
    stage.folder.ancestors().map(|folder| folder.join(".cargo"))
}

/// Adds a configuration file, and those that it includes.
fn add(file: PathBuf, settings: &mut Vec<PathBuf>) {
    let text = fs::read_to_string(&file).unwrap_or_default();
    let Some(folder) = file.parent().map(Path::to_owned).filter(|_| !settings.contains(&file)) else { return };
    settings.push(file);
    // Cargo reports files that are not TOML.
    let include = text.parse::<Table>().ok().and_then(|mut table| table.remove("include"));
    let included = match include {
        Some(Value::Array(included)) => included,
        included => Vec::from_iter(included),
    };
    for included in included {
        let path = included.get("path").unwrap_or(&included).as_str().map(|path| folder.join(path));
        // Cargo includes only files with this extension.
        let path = path.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        if let Some(path) = path.filter(|path| !path.ends_with("credentials.toml")) {
            add(path, settings);
        }
    }
}

/// Private folders, wherever they are: in some images, cargo's home is below `/usr`.
fn private(root: &Path, stage: &Stage, toolchain: &Toolchain) -> Vec<PathBuf> {
    let mut private = vec![toolchain.cargo_home.clone(), root.to_owned()];
    private.extend(env::home_dir());
    private.extend(folders_with_settings(stage));
    private.iter().filter_map(|folder| folder.canonicalize().ok()).collect()
}

/// The linker and its tools may be anywhere in `PATH`.
fn programs(private: &[PathBuf]) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).filter(|folder| folder.is_absolute() && folder.parent().is_some());
    let folders = folders.chain(LIBRARIES.into_iter().chain(["/usr", "/bin", "/nix/store"]).map(PathBuf::from));
    folders.filter_map(|folder| folder.canonicalize().ok()).flat_map(|folder| without(&folder, private)).collect()
}

/// `folder`, or if it contains something private, its other entries. Both must be canonical.
fn without(folder: &Path, private: &[PathBuf]) -> Vec<PathBuf> {
    if private.iter().any(|private| private == folder) {
        return Vec::new();
    }
    if !private.iter().any(|private| private.starts_with(folder)) {
        return vec![folder.to_owned()];
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    // The target of a link is granted under its own path, or not at all.
    let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    entries.flat_map(|entry| without(&entry.path(), private)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_bring_what_they_include_and_no_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
        write(
            "config.toml",
            "include = [\"a.toml\", { path = \"b.toml\", optional = true }, \"credentials.toml\", \"key\"]",
        );
        write("a.toml", "include = \"config.toml\"");
        let mut settings = Vec::new();
        for name in ["config.toml", "config"] {
            add(path(name), &mut settings);
        }
        assert_eq!(settings, ["config.toml", "a.toml", "b.toml", "config"].map(path));
    }

    #[test]
    fn what_is_private_is_left_out_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in ["bin", "local/bin", "local/cargo/bin", "local/lib"] {
            fs::create_dir_all(root.join(path)).unwrap();
        }
        fs::write(root.join("local/cargo/credentials.toml"), "").unwrap();
        let private = [root.join("local/cargo")];
        let mut granted = without(&root, &private);
        granted.sort();
        assert_eq!(granted, ["bin", "local/bin", "local/lib"].map(|path| root.join(path)));
        assert_eq!(without(&root.join("bin"), &private), [root.join("bin")], "nothing private lies there");
        let programs = root.join("local/cargo/bin");
        assert_eq!(without(&programs, &private), [programs], "programs are looked for there by name");
        assert_eq!(without(&private[0], &private), [""; 0].map(PathBuf::from));
    }
}
