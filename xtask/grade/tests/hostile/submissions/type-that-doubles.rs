//! quest: 3
//! earns: 0
//! tries: a type that doubles in size with every step

{QUEUE}

trait Grow: Sized {
    fn grow(self, depth: u32) -> u32;
}

impl<T: Clone> Grow for T {
    fn grow(self, depth: u32) -> u32 {
        if depth == 0 { 0 } else { (self.clone(), self).grow(depth - 1) }
    }
}

pub fn event_loop(queue: &TaskQueue) {
    println!("{}", [0_u8; 1024].grow(3));
    queue.run();
}
