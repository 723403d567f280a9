//! What confinement denies, tried by a program that makes any system call, and by the compiler on files that nobody has scanned.
//!
//! It is Linux's alone, and these tests need a kernel that grants all of it.
#![warn(clippy::pedantic)]

#[cfg(target_os = "linux")]
mod builds;
#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod probes;
#[cfg(target_os = "linux")]
mod programs;

use staff::confine::{self, compiler, probe};
use std::process::ExitCode;
use xtask::engine::launcher;

fn main() -> ExitCode {
    let asked = launcher::launch_if_asked(&confine::apply).or_else(compiler::become_it_if_asked);
    asked.or_else(probe::try_if_asked).unwrap_or_else(run)
}

#[cfg(not(target_os = "linux"))]
fn run() -> ExitCode {
    println!("Only Linux confines: nothing to test.");
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
fn run() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        // The probe could become another program after all.
        return ExitCode::SUCCESS;
    }
    let tests: [(&str, fn()); 10] = [
        ("calls::a_test_makes_no_call_that_is_not_on_the_list", calls::a_test_makes_no_call_that_is_not_on_the_list),
        ("calls::a_build_leaves_the_machine_and_others_alone", calls::a_build_leaves_the_machine_and_others_alone),
        ("calls::a_test_has_no_powers_of_root", calls::a_test_has_no_powers_of_root),
        ("programs::a_program_in_a_folder_of_another_user_runs", programs::a_program_in_a_folder_of_another_user_runs),
        ("calls::what_std_needs_is_there", calls::what_std_needs_is_there),
        ("programs::a_test_becomes_no_other_program", programs::a_test_becomes_no_other_program),
        ("probes::all_of_it_is_granted", probes::all_of_it_is_granted),
        ("probes::what_is_not_denied_is_found", probes::what_is_not_denied_is_found),
        ("builds::the_compiler_reads_no_settings", builds::the_compiler_reads_no_settings),
        ("builds::cargo_reads_settings_and_no_credentials", builds::cargo_reads_settings_and_no_credentials),
    ];
    let failed = tests.iter().filter(|(name, test)| {
        let failed = std::thread::spawn(*test).join().is_err();
        println!("test {name} ... {}", if failed { "FAILED" } else { "ok" });
        failed
    });
    let failed = failed.count();
    // In the words of the standard harness, which others read.
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {result}. {} passed; {failed} failed", tests.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
