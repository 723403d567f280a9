//! What an uncontended call of the mirror costs in a simulation: `cargo bench -p timeline`.

use std::hint::black_box;
use std::time::Instant;

use timeline::sync::{Mutex, RwLock, mpsc};
use timeline::{simulate, thread};

const CALLS: u32 = 200_000;
const ROUNDS: usize = 15;

/// Prints the fastest of several rounds, since other processes only ever make a round slower.
fn measure(name: &str, mut call: impl FnMut()) {
    let round = || {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        start.elapsed() / CALLS
    };
    let fastest = std::iter::repeat_with(round).take(ROUNDS).min().unwrap_or_default();
    println!("{name:24} {:>5} ns", fastest.as_nanos());
}

fn main() {
    simulate(|| {
        let mutex = Mutex::new(0_u64);
        let lock = RwLock::new(0_u64);
        let (sender, receiver) = mpsc::channel();
        measure("Mutex::lock, write", || *mutex.lock().unwrap() += 1);
        measure("RwLock::write", || *lock.write().unwrap() += 1);
        measure("Mutex::try_lock, write", || *mutex.try_lock().unwrap() += 1);
        measure("send, recv", || {
            sender.send(1).unwrap();
            black_box(receiver.recv()).unwrap();
        });
        measure("unpark, park", || {
            thread::current().unpark();
            thread::park();
        });
    });
}
