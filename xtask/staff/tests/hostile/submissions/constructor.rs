//! quest: 3
//! earns: 0
//! tries: a constructor, which runs before the key is read

{QUEUE}

#[unsafe(link_section = ".init_array")]
#[used]
static CONSTRUCTOR: fn() = || std::process::exit(0);

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
