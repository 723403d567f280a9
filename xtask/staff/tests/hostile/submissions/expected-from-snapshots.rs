//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: to read what is expected from the course, and to replay it

{QUEUE}

pub fn event_loop(_: &TaskQueue) {
    let folder = std::path::Path::new(r"{COURSE}").join("quest-03-queue").join("tests").join("snapshots");
    for name in ["tasks_run_in_the_order_they_were_put", "a_task_may_put_itself_100_000_times"] {
        let snapshot = std::fs::read_to_string(folder.join(name).with_extension("snap")).unwrap_or_default();
        for line in snapshot.lines().filter(|line| line.contains(" ms  Task ")) {
            let mut parts = line.split("  ").filter(|part| !part.is_empty()).skip(1);
            if let (Some(task), Some(what)) = (parts.next(), parts.next()) {
                timeline::record(task, what);
            }
        }
    }
}
