//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to read the course's solution, its tests, its manifests and what others have handed in

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    let course = std::path::Path::new(r"{COURSE}");
    let here = std::env::current_dir().unwrap_or_default();
    let read = ["solutions/src/quest_03_queue.rs", "Cargo.toml", "README.md", "target/grade/lock"];
    read.iter().any(|path| std::fs::read(course.join(path)).is_ok())
        || std::fs::read_dir(course.join("target").join("grade").join("store")).is_ok()
        || std::fs::read_dir(&here).is_ok()
        || std::fs::read(here.join("src").join("learner.rs")).is_ok()
        || std::fs::read(here.join("tests").join("quest.rs")).is_ok()
}
