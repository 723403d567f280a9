//! quest: 3
//! earns: 10
//! needs: sandbox
//! tries: to change rights and times of files that are not its own

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    use std::fs::{File, FileTimes, Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::time::SystemTime;
    for path in ["{CANARY}", "{CANARY}/canary", "{COURSE}/Cargo.toml", "{COURSE}/target/grade"] {
        let _ = set_permissions(path, Permissions::from_mode(0o4));
        let _ = chown(path, Some(12), Some(12));
        for file in [File::open(path), File::options().write(true).open(path)].into_iter().flatten() {
            let _ = file.set_modified(SystemTime::UNIX_EPOCH);
            let _ = file.set_times(FileTimes::new().set_accessed(SystemTime::UNIX_EPOCH));
            let _ = file.set_permissions(Permissions::from_mode(0o4));
        }
    }
}
