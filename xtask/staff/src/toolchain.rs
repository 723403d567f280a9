//! The compiler and cargo that build submissions. They are those of the course, found once and called without rustup.

use crate::seed;
use anyhow::Context as _;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::engine::cargo;

/// The toolchain of the course.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The version of the compiler, with its host.
    pub version: String,
    /// `x86_64-unknown-linux-gnu`
    pub host: String,
    pub folder: PathBuf,
    pub cargo_home: PathBuf,
}

impl Toolchain {
    /// Asks the compiler.
    pub fn find(root: &Path) -> anyhow::Result<Self> {
        let version = ask(root, &["--version", "--verbose"])?;
        let field =
            |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned());
        let host = field("host:").context("rustc does not report its host")?;
        let release = version.lines().next().unwrap_or_default().to_owned();
        Ok(Self {
            version: format!("{release}, {host}"),
            host,
            folder: ask(root, &["--print", "sysroot"])?.trim().into(),
            cargo_home: cargo_home().context("there is neither CARGO_HOME nor a home folder")?,
        })
    }

    /// The compiler itself.
    pub fn rustc(&self) -> PathBuf {
        self.program("rustc")
    }

    /// Cargo next to the compiler, else the one that started the grader.
    pub fn cargo(&self) -> PathBuf {
        let cargo = self.program("cargo");
        if cargo.exists() { cargo } else { cargo::program().into() }
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name).with_extension(env::consts::EXE_EXTENSION)
    }

    /// The environment of a build. It inherits nothing else from the grader.
    pub fn environment(&self, temporary: &Path) -> Vec<(OsString, OsString)> {
        // Windows finds its linker through many variables.
        let is_secret = |name: &str| name.eq_ignore_ascii_case(seed::VARIABLE);
        let passed_on =
            |name: &str| if cfg!(unix) { name == "PATH" } else { !name.starts_with("CARGO") && !is_secret(name) };
        let mut environment: Vec<(OsString, OsString)> =
            env::vars_os().filter(|(name, _)| name.to_str().is_some_and(passed_on)).collect();
        environment.push(("CARGO_HOME".into(), self.cargo_home.clone().into()));
        environment.push(("RUSTC".into(), self.rustc().into()));
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            environment.push((variable.into(), temporary.into()));
        }
        environment
    }
}

fn ask(root: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    cargo::clean_environment(&mut command);
    let output = command.args(arguments).current_dir(root).output().context("could not start rustc")?;
    anyhow::ensure!(output.status.success(), "rustc failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    String::from_utf8(output.stdout).context("rustc's output is not UTF-8")
}

fn cargo_home() -> Option<PathBuf> {
    let set = env::var_os("CARGO_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    set.or_else(|| Some(env::home_dir()?.join(".cargo")))
}
