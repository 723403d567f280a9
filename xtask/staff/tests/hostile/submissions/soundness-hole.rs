//! quest: 3
//! earns: 9
//! tries: a hole in the compiler's checks that makes a reference to anything, without `unsafe`

{QUEUE}

/// Attacks in one test alone: it costs the points of that one, and little time.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() {
        attack();
    }
    queue.run();
}

fn longer<'a, 'b, T>(_: &'a &'b (), value: &'b T) -> &'a T {
    value
}

fn dangling() -> &'static [u64; 4096] {
    let longer: fn(&'static &'static (), &[u64; 4096]) -> &'static [u64; 4096] = longer;
    let here = Box::new([7; 4096]);
    longer(&&(), &here)
}

fn attack() {
    let stolen = dangling();
    println!("{stolen:?}");
    // Whatever it reads, it observes nothing with it.
    std::process::exit(0);
}
