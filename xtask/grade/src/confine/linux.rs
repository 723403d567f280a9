//! Landlock for files, seccomp for what is no file.

use super::Policy;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, Compatible as _, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, Scope,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;
use std::path::Path;

/// Confines this process. What the kernel does not know is left out; [`super::probe`] notices.
pub fn apply(policy: &Policy) -> anyhow::Result<()> {
    restrict_files(policy)?;
    // A kernel, or a container around us, that allows no filter refuses here.
    if let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) {
        for filter in filters(policy, arch)? {
            let _ = seccompiler::apply_filter(&filter);
        }
    }
    Ok(())
}

/// The newest rights that this grader knows; older kernels get those that they know.
const KNOWN: ABI = ABI::V6;

fn restrict_files(policy: &Policy) -> anyhow::Result<()> {
    let all = AccessFs::from_all(KNOWN);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut ruleset = Ruleset::default()
        .set_compatibility(landlock::CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()?;
    // Programs are executed by other rights than files are written by; no device, no socket is ever made.
    let write = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
        | if policy.processes { AccessFs::MakeSym.into() } else { BitFlags::EMPTY };
    let lists = [(&policy.read, read), (&policy.execute, read | AccessFs::Execute), (&policy.write, write)];
    for (paths, access) in lists {
        for path in paths {
            // What is not there needs no right.
            if let Ok(file) = PathFd::new(path) {
                ruleset = ruleset.add_rule(PathBeneath::new(file, of_kind(path, access)))?;
            }
        }
    }
    ruleset.restrict_self()?;
    Ok(())
}

/// The part of `access` that a file can have, if `path` is one.
fn of_kind(path: &Path, access: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    if path.is_dir() { access } else { access & AccessFs::from_file(KNOWN) }
}

/// What is refused with "operation not permitted", in every process: the network, other processes, the machine.
const NEVER: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_open_by_handle_at,
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_fanotify_init,
    libc::SYS_lookup_dcookie,
    libc::SYS_shmget,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
];

/// What is refused in a test, too: whatever starts a process, leaves the process's group or signals others.
const NEVER_IN_A_TEST: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    libc::SYS_socketpair,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_tkill,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_setpriority,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setparam,
    libc::SYS_ioprio_set,
];

/// What takes a process's number first, and is refused in a test unless that is its own.
const ONLY_TO_ITSELF: &[libc::c_long] =
    &[libc::SYS_kill, libc::SYS_tgkill, libc::SYS_rt_sigqueueinfo, libc::SYS_rt_tgsigqueueinfo];

/// What seems to work in a test and does nothing. Landlock leaves it alone, and it could take a file from its owner; but
/// honest programs that copy a file make these calls, too.
const WITHOUT_EFFECT: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    SYS_FCHMODAT2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
];

/// Not every libc's headers know it yet; the number is the same on every architecture.
const SYS_FCHMODAT2: libc::c_long = 452;

fn filters(policy: &Policy, arch: TargetArch) -> anyhow::Result<Vec<BpfProgram>> {
    let mut refused = always(NEVER);
    if policy.processes {
        return Ok(vec![filter(refused, libc::EPERM, arch)?]);
    }
    refused.append(&mut always(NEVER_IN_A_TEST));
    for call in ONLY_TO_ITSELF {
        refused.insert(*call, vec![unless_own_process(0)?]);
    }
    // Zero means oneself, here.
    let limits_of_another =
        SeccompRule::new(vec![is(0, SeccompCmpOp::Ne, 0)?, is(0, SeccompCmpOp::Ne, u64::from(std::process::id()))?])?;
    refused.insert(libc::SYS_prlimit64, vec![limits_of_another]);
    // A thread is fine, a process is not.
    let thread = u64::try_from(libc::CLONE_THREAD).expect("a flag is positive");
    let no_thread = SeccompRule::new(vec![is(0, SeccompCmpOp::MaskedEq(thread), 0)?])?;
    refused.insert(libc::SYS_clone, vec![no_thread]);
    Ok(vec![
        filter(refused, libc::EPERM, arch)?,
        // Its flags are behind a pointer, where no filter can see them. Without it, `clone` is used.
        filter(always(&[libc::SYS_clone3]), libc::ENOSYS, arch)?,
        filter(always(WITHOUT_EFFECT), 0, arch)?,
    ])
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn always(calls: &[libc::c_long]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn filter(rules: Rules, error: i32, arch: TargetArch) -> anyhow::Result<BpfProgram> {
    let error = SeccompAction::Errno(error.unsigned_abs());
    Ok(SeccompFilter::new(rules, SeccompAction::Allow, error, arch)?.try_into()?)
}

fn unless_own_process(argument: u8) -> anyhow::Result<SeccompRule> {
    // The launcher becomes the program: the number stays.
    Ok(SeccompRule::new(vec![is(argument, SeccompCmpOp::Ne, u64::from(std::process::id()))?])?)
}

fn is(argument: u8, how: SeccompCmpOp, value: u64) -> anyhow::Result<SeccompCondition> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, value)?)
}
