//! Calls nested cargo: the same cargo that started the runner, with the user's settings but without the outer run's.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program to start: cargo passes its own path to what it starts.
pub fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The error message when it does not start.
pub fn not_started() -> String {
    format!("could not start {}", program().display())
}

/// Removes from the command's environment what the outer `cargo run` has set. Some of these variables change what cargo
/// considers up to date, so every nested call would rebuild everything.
pub fn clean_environment(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_from_outer_run) {
            command.env_remove(name);
        }
    }
}

/// Makes the course decide which compiler flags apply in learners' builds: a verdict must not depend on a user's shell or
/// machine. Call it after setting the command's own environment and its subcommand `build`.
///
/// Locations (`CARGO_HOME`, proxies, registries), the compiler and the linker, and the number of jobs remain the user's choice.
pub fn settle(command: &mut Command, root: &Path) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(changes_a_build) {
            command.env_remove(name);
        }
    }
    // These take precedence over any `rustflags` in configuration files. Empty means no flags.
    command.env("CARGO_ENCODED_RUSTFLAGS", "").env("CARGO_ENCODED_RUSTDOCFLAGS", "");
    for setting in SETTINGS {
        command.args(["--config", setting]);
    }
    let configured = configuration(root);
    // The same for wrappers. An empty one stops cargo from caching what it knows about the compiler, which costs 50 ms
    // for each build, so it is set only where a file names a wrapper, or may.
    for (variable, key) in [("RUSTC_WRAPPER", "rustc-wrapper"), ("RUSTC_WORKSPACE_WRAPPER", "rustc-workspace-wrapper")]
    {
        command.env_remove(variable);
        if configured.iter().any(|file| sets(file, key) || file.contains_key("include")) {
            command.env(variable, "");
        }
    }
    // Only an explicit target overrides a configured one.
    if configured.iter().any(|file| sets(file, "target"))
        && let Some(host) = host()
    {
        command.args(["--target", &host]);
    }
}

/// Profile settings that a configuration file could change and a test could notice. All are cargo's defaults.
const SETTINGS: [&str; 9] = [
    "profile.dev.opt-level=0",
    "profile.dev.debug-assertions=true",
    "profile.dev.overflow-checks=true",
    "profile.dev.panic=\"unwind\"",
    "profile.dev.lto=false",
    "profile.test.opt-level=0",
    "profile.test.debug-assertions=true",
    "profile.test.overflow-checks=true",
    "profile.test.lto=false",
];

fn changes_a_build(name: &str) -> bool {
    const EXACT: [&str; 4] = ["RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_TARGET_DIR", "CARGO_UNSTABLE_BUILD_STD"];
    const USERS: [&str; 2] = ["CARGO_BUILD_JOBS", "CARGO_BUILD_RUSTC"];
    let is_setting = name.starts_with("CARGO_BUILD_") || name.starts_with("CARGO_PROFILE_");
    let is_of_target = name.starts_with("CARGO_TARGET_") && (name.ends_with("FLAGS") || name.ends_with("_RUNNER"));
    EXACT.contains(&name) || is_of_target || (is_setting && !USERS.contains(&name))
}

/// The configuration files that cargo reads in `root`.
fn configuration(root: &Path) -> Vec<toml::Table> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = root.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    let files = folders.flat_map(|folder| ["config.toml", "config"].map(|name| folder.join(name)));
    files.filter_map(|file| std::fs::read_to_string(file).ok()?.parse().ok()).collect()
}

/// Whether a configuration file has this key in its section `build`.
fn sets(file: &toml::Table, key: &str) -> bool {
    file.get("build").is_some_and(|build| build.get(key).is_some())
}

/// The compiler's host triple.
fn host() -> Option<String> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let output = command.arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// Makes a panic of the program report its message and location without a backtrace. `RUST_BACKTRACE=full` keeps it.
pub fn without_backtrace(program: &mut Command) {
    if env::var_os("RUST_BACKTRACE").is_none_or(|wanted| wanted != "full") {
        program.env("RUST_BACKTRACE", "0");
    }
}

/// Settings of the user (`CARGO_HOME`, `CARGO_NET_…`, `CARGO_BUILD_…`, `RUSTFLAGS`, `RUSTUP_…`) are not the outer run's;
/// [`settle`] handles those.
fn is_from_outer_run(name: &str) -> bool {
    const EXACT: [&str; 9] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_RUSTC_CURRENT_DIR",
        "OUT_DIR",
    ];
    const BEGINNINGS: [&str; 4] = ["CARGO_BIN_EXE_", "CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_"];
    EXACT.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outer_runs_variables_go_and_the_users_stay() {
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION", "CARGO_PKG_RUST_VERSION", "OUT_DIR"] {
            assert!(is_from_outer_run(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_BUILD_JOBS", "RUSTFLAGS", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!is_from_outer_run(name), "{name}");
        }
    }

    #[test]
    fn what_changes_a_build_goes_and_where_things_are_stays() {
        for name in [
            "RUSTFLAGS",
            "RUSTDOCFLAGS",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "CARGO_BUILD_RUSTC_WRAPPER",
            "CARGO_BUILD_WARNINGS",
            "CARGO_TARGET_DIR",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "CARGO_PROFILE_DEV_PANIC",
        ] {
            assert!(changes_a_build(name), "{name}");
        }
        for name in [
            "PATH",
            "RUSTC",
            "RUSTUP_TOOLCHAIN",
            "CARGO_HOME",
            "CARGO_BUILD_JOBS",
            "CARGO_HTTP_PROXY",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
        ] {
            assert!(!changes_a_build(name), "{name}");
        }
    }
}
