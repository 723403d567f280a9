//! quest: 3
//! earns: 0
//! tries: a function of bare assembly, hidden in `cfg_attr`

{QUEUE}

#[cfg_attr(all(), unsafe(naked))]
pub fn naked() {
    std::arch::naked_asm!("ret")
}

pub fn event_loop(queue: &TaskQueue) {
    queue.run();
}
