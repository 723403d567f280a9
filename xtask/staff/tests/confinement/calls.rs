//! System calls, made by Perl, whose `syscall` makes any of them.

use staff::confine::Policy;
use std::fmt::Write as _;
use std::path::Path;
use xtask::engine::launcher::{self, Limits};

pub const PERL: &str = "/usr/bin/perl";

/// What Perl prints under this policy.
pub fn perl(policy: &Policy, script: &str, arguments: &[&str]) -> String {
    run(policy, Path::new(PERL), script, arguments)
}

/// What this copy of Perl prints under this policy.
pub fn run(policy: &Policy, program: &Path, script: &str, arguments: &[&str]) -> String {
    assert!(Path::new(PERL).exists(), "these tests need {PERL}");
    let limits = Limits { confinement: policy.words(), ..launcher::TEST };
    let folder = Path::new("/");
    let mut command = launcher::limited(&limits, program, folder).unwrap();
    let output = command.args(["-e", script]).args(arguments).env("PERL_SIGNALS", "unsafe").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    said
}

pub fn test_policy() -> Policy {
    Policy::of_program(PERL.into())
}

fn build_policy() -> Policy {
    Policy { processes: true, ..test_policy() }
}

/// A name, a number, and arguments as Perl writes them. `$own` and `$parent` are processes, `$page` is memory.
type SystemCall = (&'static str, libc::c_long, &'static str);

/// What neither a test nor a build may do.
const OF_OTHERS: &[SystemCall] = &[
    ("a socket", libc::SYS_socket, "1, 1, 0"),
    ("trace another", libc::SYS_ptrace, "16, $parent, 0, 0"),
    ("be traced", libc::SYS_ptrace, "0, 0, 0, 0"),
    ("read another's memory", libc::SYS_process_vm_readv, "$parent, 0, 0, 0, 0, 0"),
    ("write another's memory", libc::SYS_process_vm_writev, "$parent, 0, 0, 0, 0, 0"),
    ("compare others", libc::SYS_kcmp, "$parent, $own, 0, 0, 0"),
    ("signal another by a handle", libc::SYS_pidfd_send_signal, "0, 0, 0, 0"),
    ("take another's file", libc::SYS_pidfd_getfd, "0, 0, 0"),
    ("another's processors", libc::SYS_sched_setaffinity, "$parent, 8, $page"),
    ("one's own processors", libc::SYS_sched_setaffinity, "0, 8, $page"),
    ("another's priority", libc::SYS_setpriority, "0, $parent, 0"),
    ("one's own priority", libc::SYS_setpriority, "0, 0, 0"),
    ("another's priority at the disk", libc::SYS_ioprio_set, "1, $parent, 0"),
    ("another's scheduler", libc::SYS_sched_setscheduler, "$parent, 0, $page"),
    ("another's scheduling", libc::SYS_sched_setattr, "$parent, $page, 0"),
    ("another's parameters", libc::SYS_sched_setparam, "$parent, $page"),
    ("another's pages", libc::SYS_move_pages, "$parent, 0, 0, 0, 0, 0"),
    ("another's nodes", libc::SYS_migrate_pages, "$parent, 0, 0, 0"),
    ("advice for another", 440, "0, 0, 0, 0, 0"),
    ("the end of another's memory", 448, "0, 0"),
    ("a mount", libc::SYS_mount, "0, 0, 0, 0, 0"),
    ("a mount's attributes", 442, "-100, $page, 0, $page, 32"),
    ("a tree with attributes", 467, "-100, $page, 0, $page, 32"),
    ("an open tree", libc::SYS_open_tree, "-100, $page, 0"),
    ("a moved mount", libc::SYS_move_mount, "-100, 0, -100, 0, 0"),
    ("an open file system", libc::SYS_fsopen, "$page, 0"),
    ("a mounted file system", libc::SYS_fsmount, "0, 0, 0"),
    ("a picked file system", libc::SYS_fspick, "-100, 0, 0"),
    ("a configured file system", libc::SYS_fsconfig, "0, 0, 0, 0, 0"),
    ("another root", libc::SYS_chroot, "$page"),
    ("a namespace", libc::SYS_unshare, "0"),
    ("another's namespace", libc::SYS_setns, "0, 0"),
    ("a handle", libc::SYS_open_by_handle_at, "0, 0, 0"),
    ("a ring", libc::SYS_io_uring_setup, "1, $page"),
    ("a program for the kernel", libc::SYS_bpf, "0, 0, 0"),
    ("counters", libc::SYS_perf_event_open, "0, 0, 0, 0, 0"),
    ("faults", libc::SYS_userfaultfd, "0"),
    ("keys", libc::SYS_keyctl, "0, 0, 0, 0, 0"),
    ("the clock", libc::SYS_clock_settime, "0, $page"),
    ("shared memory", libc::SYS_shmget, "0, 4096, 512"),
    ("a call of the future", 599, ""),
];

/// What a build may do, and a test may not.
const OF_A_TEST: &[SystemCall] = &[
    ("a pair of sockets", libc::SYS_socketpair, "1, 1, 0, $page"),
    ("a process", libc::SYS_clone, "17, 0, 0, 0, 0"),
    ("a process by the newer call", libc::SYS_clone3, "$page, 0"),
    ("another program", libc::SYS_execve, "$page, 0, 0"),
    ("another program by a handle", libc::SYS_execveat, "0, $page, 0, 0, 4096"),
    ("a question whether another is there", libc::SYS_kill, "$parent, 0"),
    ("a signal to all", libc::SYS_kill, "-1, 0"),
    ("a signal to the group", libc::SYS_kill, "0, 0"),
    ("an end of its own that looks like another's doing", libc::SYS_kill, "$own, 9"),
    ("a stop", libc::SYS_kill, "$own, 19"),
    ("a stop as by a terminal", libc::SYS_tgkill, "$own, $own, 20"),
    ("a signal to a thread of another", libc::SYS_tgkill, "$parent, $parent, 0"),
    ("a signal to a thread", libc::SYS_tkill, "$parent, 0"),
    ("a signal with a value", libc::SYS_rt_sigqueueinfo, "$parent, 0, $page"),
    ("a signal with a value to a thread", libc::SYS_rt_tgsigqueueinfo, "$parent, $parent, 0, $page"),
    ("a handle of a process", libc::SYS_pidfd_open, "$own, 0"),
    ("another's limits", libc::SYS_prlimit64, "$parent, 0, 0, $page"),
    ("limits of its own", libc::SYS_prlimit64, "0, 0, $page, 0"),
    ("a session", libc::SYS_setsid, ""),
    ("a group", libc::SYS_setpgid, "0, 0"),
    ("another user", libc::SYS_setuid, "0"),
    ("capabilities", libc::SYS_capset, "0, 0"),
    ("a filter", libc::SYS_seccomp, "0, 0, 0"),
    ("a personality", libc::SYS_personality, "4294967295"),
    ("memory as a file", libc::SYS_memfd_create, "$page, 0"),
    ("secret memory", 447, "0"),
    ("memory that is written and executed", libc::SYS_mmap, "0, 4096, 7, 34, -1, 0"),
    ("memory that is executed and no file", libc::SYS_mmap, "0, 4096, 5, 34, -1, 0"),
    ("a file that others change while it is executed", libc::SYS_mmap, "0, 4096, 5, 1, 0, 0"),
    ("memory that becomes executable", libc::SYS_mprotect, "0, 0, 5"),
    ("keys of memory", libc::SYS_pkey_mprotect, "0, 0, 0, 0"),
    ("life without its parent", libc::SYS_prctl, "1, 0, 0, 0, 0"),
    ("a look by others", libc::SYS_prctl, "4, 0, 0, 0, 0"),
    ("an owner of signals", libc::SYS_fcntl, "0, 8, $parent"),
    ("a character typed in", libc::SYS_ioctl, "0, 21522, $page"),
    ("a timer", libc::SYS_timer_create, "0, 0, $page"),
    ("an alarm", libc::SYS_setitimer, "0, 0, 0"),
    ("a file's watcher", libc::SYS_inotify_init1, "0"),
    ("room on the disk that no file's size tells", libc::SYS_fallocate, "1, 1, 0, 4096"),
    ("a device", libc::SYS_mknodat, "-100, $page, 8192, 0"),
    ("locked memory", libc::SYS_mlockall, "1"),
    ("another's table of locks", libc::SYS_get_robust_list, "$parent, $page, $page"),
    ("a session's number", libc::SYS_getsid, "0"),
];

/// What a thread of std, a file or a runtime does. None of it may fail for lack of permission.
const NEEDED: &[SystemCall] = &[
    ("yield", libc::SYS_sched_yield, ""),
    ("which processors", libc::SYS_sched_getaffinity, "0, 8, $page"),
    ("limits of its own, read", libc::SYS_prlimit64, "$own, 3, 0, $page"),
    ("a name", libc::SYS_prctl, "15, $page, 0, 0, 0"),
    ("memory", libc::SYS_mmap, "0, 4096, 3, 34, -1, 0"),
    ("a guard", libc::SYS_mprotect, "0, 0, 0"),
    ("advice", libc::SYS_madvise, "0, 0, 4"),
    ("an event", libc::SYS_eventfd2, "0, 0"),
    ("a poll", libc::SYS_epoll_create1, "0"),
    ("a pipe", libc::SYS_pipe2, "$page, 0"),
    ("random bytes", libc::SYS_getrandom, "$page, 8, 0"),
    ("time", libc::SYS_clock_gettime, "1, $page"),
    ("rights, without effect", libc::SYS_fchmod, "-1, 0"),
    ("an owner, without effect", libc::SYS_fchown, "-1, 0, 0"),
    ("a barrier", libc::SYS_membarrier, "0, 0, 0"),
];

/// The script that makes the calls, and prints a number for each: zero, or why it failed.
fn script(calls: &[&SystemCall]) -> String {
    let mut script = "$| = 1; my $own = $$; my $parent = getppid(); my $page = \"\\0\" x 4096;\n".to_owned();
    for (_, number, arguments) in calls {
        let comma = if arguments.is_empty() { "" } else { ", " };
        writeln!(script, "print syscall({number}{comma}{arguments}) == -1 ? $! + 0 : 0, \"\\n\";").unwrap();
    }
    script
}

/// The calls that did not fail as a denied one does.
fn not_refused(policy: &Policy, calls: &[&SystemCall]) -> Vec<String> {
    let refused = [libc::EPERM, libc::ENOSYS].map(|error| error.to_string());
    let said = perl(policy, &script(calls), &[]);
    let answers: Vec<&str> = said.lines().collect();
    assert_eq!(answers.len(), calls.len(), "{said}");
    let open = calls.iter().zip(answers).filter(|(_, answer)| !refused.iter().any(|error| error == answer));
    open.map(|((name, ..), answer)| format!("{name}: {answer}")).collect()
}

pub fn a_test_makes_no_call_that_is_not_on_the_list() {
    let calls: Vec<&SystemCall> = OF_OTHERS.iter().chain(OF_A_TEST).collect();
    assert_eq!(not_refused(&test_policy(), &calls), Vec::<String>::new());
}

pub fn a_build_leaves_the_machine_and_others_alone() {
    let calls: Vec<&SystemCall> = OF_OTHERS.iter().collect();
    assert_eq!(not_refused(&build_policy(), &calls), Vec::<String>::new());
}

pub fn what_std_needs_is_there() {
    let calls: Vec<&SystemCall> = NEEDED.iter().collect();
    let said = perl(&test_policy(), &script(&calls), &[]);
    let failed: Vec<&str> = calls.iter().zip(said.lines()).filter(|(_, code)| *code != "0").map(|(c, _)| c.0).collect();
    assert_eq!(failed, Vec::<&str>::new(), "{said}");
}

/// Root has them; any other user who runs these tests has none to lose.
pub fn a_test_has_no_powers_of_root() {
    let script = format!(
        "my $who = pack('LL', 0x20080522, 0); my $sets = \"\\0\" x 24; syscall({}, $who, $sets) == 0 or die; \
         print join(' ', unpack('L6', $sets));",
        libc::SYS_capget
    );
    assert_eq!(perl(&test_policy(), &script, &[]), "0 0 0 0 0 0");
}
