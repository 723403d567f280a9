//! Credentials, planted wherever cargo looks for settings, and a compiler that is made to read them. The scan of
//! submitted files, which rejects that, is left out here.

use staff::building::policy;
use staff::confine::{Policy, compiler};
use staff::stage::Stage;
use staff::toolchain::Toolchain;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use xtask::course::Course;
use xtask::engine::launcher::{self, Limits};
use xtask::engine::process_group;

const SECRET: &str = "a-token-that-nobody-may-see";

/// A stage in a course in a home folder, and a folder of cargo's elsewhere.
struct PlantedSecrets {
    root: TempDir,
    stage: Stage,
    toolchain: Toolchain,
    temporary: PathBuf,
}

impl PlantedSecrets {
    fn new() -> Self {
        let root = TempDir::new().unwrap();
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let folder = root.path().join("home/course/target/grade/stage-1");
        fs::create_dir_all(&folder).unwrap();
        let stage = Stage::write(&Course::read(real.to_owned()).unwrap(), folder, 7).unwrap();
        let temporary = root.path().join("tmp");
        for folder in [&temporary, &stage.target()] {
            fs::create_dir_all(folder).unwrap();
        }
        let cargo_home = root.path().join("cargo");
        let toolchain = Toolchain { cargo_home, ..Toolchain::find(real).unwrap() };
        let machine = Self { root, stage, toolchain, temporary };
        machine.plant();
        machine
    }

    fn folders_with_settings(&self) -> Vec<PathBuf> {
        let above = self.stage.folder.ancestors().take_while(|folder| folder.starts_with(self.root.path()));
        above.map(|folder| folder.join(".cargo")).chain([self.toolchain.cargo_home.clone()]).collect()
    }

    fn plant(&self) {
        for (index, folder) in self.folders_with_settings().iter().enumerate() {
            fs::create_dir_all(folder).unwrap();
            for name in ["credentials.toml", "credentials"] {
                fs::write(folder.join(name), format!("[registry]\ntoken = \"{SECRET}\"\n")).unwrap();
            }
            let settings = format!(
                "[registries.r{index}]\ntoken = \"{SECRET}\"\n[build]\nrustflags = [\"--cfg=settings_are_read\"]\n"
            );
            fs::write(folder.join("config.toml"), settings).unwrap();
        }
    }

    /// Every file that contains the secret.
    fn secrets(&self) -> Vec<PathBuf> {
        let folders = self.folders_with_settings();
        assert_eq!(folders.len(), 7);
        let names = ["credentials.toml", "credentials", "config.toml"];
        folders.iter().flat_map(|folder| names.map(|name| folder.join(name))).collect()
    }

    fn policies(&self) -> (Policy, Policy) {
        let course = self.root.path().join("home/course");
        let compiler = policy::of_compiler(&course, &self.stage, &self.toolchain, &self.temporary);
        (compiler.clone(), policy::of_cargo(compiler, &self.stage, &self.toolchain).unwrap())
    }

    /// Builds a library of this source as the grader builds submissions.
    fn build(&self, source: &str) -> (bool, String) {
        let package = self.stage.folder.join("package");
        fs::create_dir_all(&package).unwrap();
        fs::write(
            package.join("Cargo.toml"),
            "[package]\nname = \"a\"\nedition = \"2024\"\n[lib]\npath = \"a.rs\"\n[workspace]\n",
        )
        .unwrap();
        fs::write(package.join("Cargo.lock"), "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.0.0\"\n").unwrap();
        fs::write(package.join("a.rs"), source).unwrap();
        let (compiler, cargo) = self.policies();
        let limits = Limits { confinement: cargo.words(), ..launcher::FOREIGN_BUILD };
        let mut command = launcher::guarded(&limits, self.toolchain.cargo(), &package).unwrap();
        command.env_clear().envs(self.toolchain.environment(&self.temporary));
        command.envs(compiler::stand_in(&self.toolchain.rustc(), &compiler).unwrap());
        command.args(["build", "--frozen", "--target-dir"]).arg(self.stage.target());
        said(command)
    }
}

fn said(mut command: std::process::Command) -> (bool, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut group = process_group::spawn(&mut command).unwrap();
    let said = std::io::read_to_string(group.child.stderr.take().unwrap()).unwrap();
    (group.wait().unwrap().success(), said)
}

pub fn the_compiler_reads_no_settings() {
    let machine = PlantedSecrets::new();
    for secret in machine.secrets() {
        let path = secret.display();
        // A compiler error shows text that is not Rust, line by line.
        for source in [format!("include!(\"{path}\");"), format!("const _: [u8; 0] = *include_bytes!(\"{path}\");")] {
            let (builds, said) = machine.build(&source);
            assert!(!builds && said.contains("Permission denied"), "{path}: {said}");
            assert!(!said.contains(SECRET), "{said}");
        }
    }
}

pub fn cargo_reads_settings_and_no_credentials() {
    let machine = PlantedSecrets::new();
    let (builds, said) = machine.build("#[cfg(not(settings_are_read))]\ncompile_error!(\"without settings\");");
    assert!(builds, "{said}");
    // Cargo itself needs no credentials, as it downloads nothing.
    let (_, mut cargo) = machine.policies();
    cargo.processes = false;
    cargo.execute.push(crate::calls::PERL.into());
    let script = "for (@ARGV) { print \"$_\\n\" if open(my $file, '<', $_) }";
    let secrets: Vec<String> = machine.secrets().iter().map(|path| path.display().to_string()).collect();
    let arguments: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let open = crate::calls::perl(&cargo, script, &arguments);
    assert!(open.lines().all(|path| path.ends_with("config.toml")), "{open}");
    assert_eq!(open.lines().count(), 7, "{open}");
}
