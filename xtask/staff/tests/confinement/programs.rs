//! A program that a test has written, and how it might be run.

use crate::calls::{PERL, perl, run, test_policy};
use staff::confine::Policy;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};

/// In Perl: what becomes of a program, started in each of these ways. The arguments are the temporary folder and a
/// program that may be read.
const SCRIPT: &str = r#"
    $| = 1;
    my ($folder, $program) = @ARGV;
    my $own = "$folder/own";
    open(my $from, '<', $program) or die "cannot read: $!";
    open(my $to, '>', $own) or die "cannot write: $!";
    binmode $_ for $from, $to;
    local $/ = undef;
    print {$to} <$from>;
    close $to or die;
    chmod 0755, $own;
    my @loaders = grep { -e } qw(/lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-musl-x86_64.so.1 /lib/ld-musl-aarch64.so.1);
    print scalar(@loaders) ? "loader\n" : "no loader\n";
    my @shows = ('-e', 'print "RAN @ARGV\n"');
    for my $way ([$own], [$program], (map { [$_, $own] } @loaders), (map { [$_, $program] } @loaders), ['/bin/sh', '-c', 'echo RAN']) {
        no warnings;
        exec { $way->[0] } @$way, @shows, $way->[0];
    }
    print "still here\n";
"#;

pub fn a_test_becomes_no_other_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut policy = test_policy();
    policy.write.push(folder.path().to_owned());
    let said = perl(&policy, SCRIPT, &[folder.path().to_str().unwrap(), PERL]);
    assert_eq!(said, "loader\nstill here\n");
    assert_eq!(fs::read(folder.path().join("own")).unwrap(), fs::read(PERL).unwrap(), "it was written");
    // Where a kernel allows no filter, only Landlock denies running what is in a writable folder.
    policy.processes = true;
    let said =
        perl(&policy, "exec {$ARGV[0]} @ARGV; print 'denied'", &[&folder.path().join("own").display().to_string()]);
    assert_eq!(said, "denied");
}

/// Only through its privileges does root reach what it has no right to. No other user can create such a folder.
pub fn a_program_in_a_folder_of_another_user_runs() {
    const ANOTHER: u32 = 12;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    fs::copy(PERL, &program).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    if chown(folder.path(), Some(ANOTHER), None).is_err() {
        return;
    }
    assert_eq!(run(&Policy::of_program(program.clone()), &program, "print 'runs'", &[]), "runs");
}
