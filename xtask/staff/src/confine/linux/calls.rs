//! seccomp: which system calls there are.
//!
//! For a test they are allowed by list, [`allowed`]: a test program is Rust's std and tokio, and what these call is known.
//! Whatever the list does not name is refused, also what kernels are yet to learn.
//!
//! For a build they are refused by list, [`refused`]. What compilers, linkers and the scripts around them call differs with
//! every system, so a list of what to allow would break honest machines. And no submitted code runs in a build: there are
//! neither build scripts nor macros of a submission's own.

mod allowed;
mod refused;

use crate::confine::Policy;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};
use std::collections::BTreeMap;
use std::process::Command;

/// Filters the calls of this process, which is about to become `program`.
pub fn restrict(policy: &Policy, program: &Command) -> anyhow::Result<()> {
    // A kernel, or a container around us, that allows no filter refuses here.
    if let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) {
        let filters = if policy.processes { refused::filters(arch)? } else { allowed::filters(arch, program)? };
        for filter in filters {
            let _ = seccompiler::apply_filter(&filter);
        }
    }
    Ok(())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn always(calls: impl IntoIterator<Item = libc::c_long>) -> Rules {
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

/// Does to the calls that the rules name, and to no other, as if they had failed with `error`.
fn failing(rules: Rules, error: i32, arch: TargetArch) -> anyhow::Result<BpfProgram> {
    let error = SeccompAction::Errno(error.unsigned_abs());
    Ok(SeccompFilter::new(rules, SeccompAction::Allow, error, arch)?.try_into()?)
}

/// Lets through the calls that the rules name. All others fail with `error`.
fn nothing_but(rules: Rules, error: i32, arch: TargetArch) -> anyhow::Result<BpfProgram> {
    let error = SeccompAction::Errno(error.unsigned_abs());
    Ok(SeccompFilter::new(rules, error, SeccompAction::Allow, arch)?.try_into()?)
}

/// The filter for calls whose numbers are below `end`. It lets the others through.
///
/// Rules name one call each, and the kernel goes through all of them for each call that there is, so a range must be none of
/// rules: a process would pay milliseconds for it when it starts.
fn below(end: u32, filter: BpfProgram) -> BpfProgram {
    after(through_if(end, true), filter)
}

/// The filter for calls whose numbers are `first` and above. It lets the others through.
fn from(first: u32, filter: BpfProgram) -> BpfProgram {
    after(through_if(first, false), filter)
}

fn after(mut beginning: Vec<sock_filter>, mut filter: BpfProgram) -> BpfProgram {
    beginning.append(&mut filter);
    beginning
}

/// Instructions that let a call through if its number is `bound` or above, or if it is not.
fn through_if(bound: u32, is_above: bool) -> Vec<sock_filter> {
    let instruction =
        |code: u32, jt, jf, k| sock_filter { code: u16::try_from(code).expect("codes are small"), jt, jf, k };
    let (jt, jf) = if is_above { (0, 1) } else { (1, 0) };
    vec![
        // The number is what the kernel's description of a call begins with.
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, jt, jf, bound),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]
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
