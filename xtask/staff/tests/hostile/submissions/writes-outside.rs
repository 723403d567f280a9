//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to write files anywhere but in its own temporary folder

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    let program = std::env::args().next().unwrap_or_default();
    let own = std::env::temp_dir();
    let folders = [
        "{CANARY}", "{CANARY}/nest", "{COURSE}", "{COURSE}/grades", "{COURSE}/target/grade/store", "/tmp", "/var/tmp",
        "/dev/shm", "/run", "/etc",
    ];
    let beside = [here.as_path(), own.parent().unwrap(), std::path::Path::new(&program).parent().unwrap()];
    let folders = folders.iter().map(std::path::Path::new).chain(beside);
    let files = ["{CANARY}/canary", "{COURSE}/quest-03-queue/src/learner.rs", "{COURSE}/target/grade/lock", &program];
    folders
        .into_iter()
        .any(|folder| {
            std::fs::create_dir(folder.join("{MARK}-folder")).is_ok()
                || std::fs::write(folder.join("{MARK}"), "left").is_ok()
        })
        || files.iter().any(|file| std::fs::File::options().append(true).open(file).is_ok())
}
