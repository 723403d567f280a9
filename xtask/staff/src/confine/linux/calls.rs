//! seccomp: which system calls there are.
//!
//! For a test they are allowed by list, [`allowed`]: a test program is Rust's std and tokio, and what these call is known.
//! Whatever the list does not name is refused, also what kernels are yet to learn.
//!
//! For a build they are refused by list, [`refused`]. What compilers, linkers and the scripts around them call differs with
//! every system, so a list of what to allow would break honest machines. And no submitted code runs in a build: there are
//! neither build scripts nor macros of a submission's own.

mod allowed;
mod program;
mod refused;

use crate::confine::Policy;
use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule, TargetArch};
use std::process::Command;

/// Filters the calls of this process, which is about to become `program`.
pub fn restrict(policy: &Policy, program: &Command) -> anyhow::Result<()> {
    // A kernel, or a container around us, that allows no filter refuses here.
    if let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) {
        let filter = if policy.processes { refused::filter() } else { allowed::filter(program)? };
        let _ = seccompiler::apply_filter(&filter.program(arch));
    }
    Ok(())
}

/// Holds where all of the conditions do.
fn rule(conditions: impl IntoIterator<Item = anyhow::Result<SeccompCondition>>) -> anyhow::Result<SeccompRule> {
    Ok(SeccompRule::new(conditions.into_iter().collect::<anyhow::Result<_>>()?)?)
}

fn equals(argument: u8, value: u64) -> anyhow::Result<SeccompCondition> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?)
}

fn is_pointer(argument: u8, value: u64) -> anyhow::Result<SeccompCondition> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)?)
}

/// Whether those bits of the argument that are set in `mask` are the ones of `value`.
fn has(argument: u8, mask: i32, value: i32) -> anyhow::Result<SeccompCondition> {
    let how = SeccompCmpOp::MaskedEq(bits(mask));
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, bits(value))?)
}

/// The bits of a C `int`, as an argument holds them.
fn bits(flags: i32) -> u64 {
    u64::from(flags.cast_unsigned())
}
