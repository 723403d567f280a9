//! Nested cargo: the same cargo that started the runner, with the user's settings and without the outer run's.

use std::env;
use std::ffi::OsString;
use std::process::Command;

/// The program to start: cargo says which one it is to what it starts.
pub fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What to say when it does not start.
pub fn not_started() -> String {
    format!("could not start {}", program().display())
}

/// Takes out of the command's environment what the outer `cargo run` put there. Some of these change what cargo
/// takes for up to date, and then every nested call builds everything anew.
pub fn clean_environment(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_from_outer_run) {
            command.env_remove(name);
        }
    }
}

/// Settings that people make (`CARGO_HOME`, `CARGO_NET_…`, `CARGO_BUILD_…`, `RUSTFLAGS`, `RUSTUP_…`) are not the outer run's.
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
}
