//! What a test may call: what Rust's std and tokio do, on glibc and on musl.

use super::program::{CallAction, CallFilter};
use super::{bits, equals, has, is_pointer, rule};
use seccompiler::SeccompRule;
use std::process::Command;

pub fn filter(program: &Command) -> anyhow::Result<CallFilter> {
    let allowed = ALLOWED.iter().chain(ALLOWED_NEWER).map(|call| (*call, CallAction::Allow));
    let without_effect = WITHOUT_EFFECT.iter().map(|call| (*call, CallAction::Fail(0)));
    let conditional = conditional(program)?.into_iter().map(|(call, rules)| (call, CallAction::AllowIf(rules)));
    Ok(CallFilter {
        calls: allowed.chain(without_effect).chain(conditional).collect(),
        others: CallAction::Fail(libc::EPERM),
        newer: NEWER,
        others_newer: CallAction::Fail(libc::ENOSYS),
    })
}

/// From this number on, calls are the same on every architecture, and refused as if this kernel did not have them yet: a libc
/// that knows the newer call takes the older one then. Among them is `clone3`, whose flags are behind a pointer, where no filter
/// can see them.
const NEWER: u32 = 424;

/// Those of them that are allowed.
const ALLOWED_NEWER: &[libc::c_long] =
    &[libc::SYS_close_range, FACCESSAT2, EPOLL_PWAIT2, FUTEX_WAITV, FUTEX_WAKE, FUTEX_WAIT, FUTEX_REQUEUE];

const ALLOWED: &[libc::c_long] = &[
    // Files: which ones is Landlock's part.
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_preadv2,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_umask,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_renameat,
    #[cfg(target_arch = "aarch64")]
    RENAMEAT,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fadvise64,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_flock,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    // Reading what extended attributes a file has changes nothing.
    libc::SYS_getxattr,
    libc::SYS_lgetxattr,
    libc::SYS_fgetxattr,
    libc::SYS_listxattr,
    libc::SYS_llistxattr,
    libc::SYS_flistxattr,
    // Waiting for files, as a runtime does.
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    // Memory; what may be executed is conditional.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_mincore,
    libc::SYS_msync,
    libc::SYS_membarrier,
    // Threads; how they begin is conditional.
    libc::SYS_futex,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    // Signals that come; those that go are conditional.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Time.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    // What is told about oneself and the system.
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getgroups,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_getcpu,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_capget,
    // The same in older words, which newer architectures do not have.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_getdents,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_dup2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_pipe,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_select,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_create,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_wait,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_eventfd,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_getrlimit,
];

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
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    FCHMODAT2,
];

// Not every libc's headers have these.
#[cfg(target_arch = "aarch64")]
const RENAMEAT: libc::c_long = 38;
const FACCESSAT2: libc::c_long = 439;
const EPOLL_PWAIT2: libc::c_long = 441;
const FUTEX_WAITV: libc::c_long = 449;
const FCHMODAT2: libc::c_long = 452;
const FUTEX_WAKE: libc::c_long = 454;
const FUTEX_WAIT: libc::c_long = 455;
const FUTEX_REQUEUE: libc::c_long = 456;

/// What is allowed with some arguments only.
fn conditional(program: &Command) -> anyhow::Result<Vec<(libc::c_long, Vec<SeccompRule>)>> {
    let own = u64::from(std::process::id());
    Ok(vec![
        (libc::SYS_execve, vec![rule([is_pointer(0, address(program))])?]),
        (libc::SYS_clone, vec![rule([has(0, THREAD_OR_MORE, libc::CLONE_THREAD)])?]),
        (libc::SYS_mmap, memory_that_may_be_mapped()?),
        (libc::SYS_mprotect, vec![rule([has(2, libc::PROT_EXEC, 0)])?]),
        (libc::SYS_fcntl, one_of(1, FCNTL.iter().map(|command| bits(*command)))?),
        (libc::SYS_ioctl, one_of(1, IOCTL.iter().copied())?),
        // Aborting is all that a program ever signals to itself. Zero means oneself, for the limits.
        (libc::SYS_kill, vec![rule([equals(0, own), equals(1, bits(libc::SIGABRT))])?]),
        (libc::SYS_tkill, vec![rule([equals(0, own), equals(1, bits(libc::SIGABRT))])?]),
        (libc::SYS_tgkill, vec![rule([equals(0, own), equals(2, bits(libc::SIGABRT))])?]),
        (libc::SYS_prlimit64, vec![rule([equals(0, 0), is_pointer(2, 0)])?, rule([equals(0, own), is_pointer(2, 0)])?]),
        (libc::SYS_prctl, settings_of_a_process()?),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_arch_prctl, one_of(0, [ARCH_SET_FS, ARCH_GET_FS])?),
    ])
}

fn settings_of_a_process() -> anyhow::Result<Vec<SeccompRule>> {
    let mut rules = one_of(0, PRCTL.iter().map(|option| bits(*option)))?;
    // The launcher's own last call before it becomes the program; the program can only ask for the same once more.
    rules.push(rule([equals(0, bits(libc::PR_SET_PDEATHSIG)), equals(1, bits(libc::SIGKILL))])?);
    Ok(rules)
}

/// Where the launcher has the name of what it becomes.
///
/// The launcher must call `exec` once more after it has filtered itself, and a filter sees only addresses of what `exec` is
/// given. So one address is allowed: the one at which std, by way of `execvp`, passes the name. The program that comes of it has
/// other memory, at other addresses, and safe code cannot choose where the name of a program lies. If std ever passed a copy
/// instead, no test would start, and all of the grader's tests would fail.
fn address(program: &Command) -> u64 {
    let name = program.get_program().as_encoded_bytes();
    u64::try_from(name.as_ptr().addr()).expect("an address has 64 bits at most")
}

/// The flag that makes a thread, and those that would make something else besides.
const THREAD_OR_MORE: i32 = libc::CLONE_THREAD
    | libc::CLONE_VFORK
    | libc::CLONE_PTRACE
    | libc::CLONE_PARENT
    | libc::CLONE_PIDFD
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET;

/// Memory that is not executed, or executed and never written: libraries, which the loader maps from their files.
fn memory_that_may_be_mapped() -> anyhow::Result<Vec<SeccompRule>> {
    const KIND: i32 = libc::MAP_ANONYMOUS | libc::MAP_PRIVATE | libc::MAP_SHARED;
    Ok(vec![
        rule([has(2, libc::PROT_EXEC, 0)])?,
        rule([has(2, libc::PROT_EXEC | libc::PROT_WRITE, libc::PROT_EXEC), has(3, KIND, libc::MAP_PRIVATE)])?,
    ])
}

/// Without those that choose who gets a signal.
const FCNTL: &[i32] = &[
    libc::F_DUPFD,
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_GETPIPE_SZ,
];

/// Whether a file is a terminal, how large it is, and what std sets on what it has opened: `TCGETS`, `TCGETS2`, `TIOCGWINSZ`,
/// `FIONBIO`, `FIONREAD`, `FIOCLEX`. Libcs disagree about the type of these numbers.
const IOCTL: &[u64] = &[0x5401, 0x802c_542a, 0x5413, 0x5421, 0x541b, 0x5451];

const PRCTL: &[i32] = &[libc::PR_SET_NAME, libc::PR_GET_NAME, PR_SET_VMA];

/// Gives memory a name.
const PR_SET_VMA: i32 = 0x5356_4d41;

#[cfg(target_arch = "x86_64")]
const ARCH_SET_FS: u64 = 0x1002;
#[cfg(target_arch = "x86_64")]
const ARCH_GET_FS: u64 = 0x1003;

/// Holds where the argument is one of the values.
fn one_of(argument: u8, values: impl IntoIterator<Item = u64>) -> anyhow::Result<Vec<SeccompRule>> {
    values.into_iter().map(|value| rule([equals(argument, value)])).collect()
}
