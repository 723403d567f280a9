//! takes: no memory but what the system spends on its files
//! in 1024 MiB: 10
//! in 512 MiB: 10

{QUEUE}

/// In one test alone.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn attack() {
    let content = vec![1; 50 << 20];
    for number in 0..4 {
        let path = std::env::temp_dir().join(number.to_string());
        std::fs::write(&path, &content).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}
