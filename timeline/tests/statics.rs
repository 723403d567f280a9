//! What is `static` is shared by simulations that run one after the other, side by side, and by code outside.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;
use timeline::sync::{LazyLock, Mutex, Once, OnceLock, RwLock};
use timeline::time::Duration;
use timeline::{record, simulate, thread};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Runs a program on eight threads of the system at once, some of them outside all simulations, and again afterwards.
fn side_by_side(program: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for index in 0..8 {
            let program = &program;
            scope.spawn(move || {
                if index % 4 == 0 {
                    program();
                } else {
                    assert!(simulate(program).is_empty());
                }
            });
        }
    });
    simulate(&program);
    program();
}

#[test]
fn a_mutex() {
    static TOTAL: Mutex<u32> = Mutex::new(0);
    side_by_side(|| {
        for _ in 0..20 {
            let mut total = TOTAL.lock().unwrap();
            let seen = *total;
            thread::sleep(Duration::from_micros(10));
            *total = seen + 1;
            std::thread::yield_now();
        }
    });
    assert_eq!(*TOTAL.lock().unwrap(), 200);
}

#[test]
fn a_read_write_lock() {
    static TOTAL: RwLock<u32> = RwLock::new(0);
    side_by_side(|| {
        for _ in 0..20 {
            drop(TOTAL.read().unwrap());
            let mut total = TOTAL.write().unwrap();
            let seen = *total;
            thread::yield_now();
            std::thread::yield_now();
            *total = seen + 1;
        }
    });
    assert_eq!(*TOTAL.read().unwrap(), 200);
}

#[test]
fn what_is_computed_once() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    fn compute() -> usize {
        thread::sleep(ms(5));
        std::thread::sleep(ms(5));
        RUNS.fetch_add(1, Ordering::SeqCst)
    }
    static CELL: OnceLock<usize> = OnceLock::new();
    static LAZY: LazyLock<usize> = LazyLock::new(compute);
    static ONCE: Once = Once::new();
    side_by_side(|| {
        assert!(*CELL.get_or_init(compute) < 3);
        assert!(*LAZY < 3);
        ONCE.call_once(|| drop(compute().to_string()));
        assert!(ONCE.is_completed());
    });
    assert_eq!(RUNS.load(Ordering::SeqCst), 3);
}

#[test]
fn a_lock_that_a_simulation_has_left_locked_is_reported_in_the_next() {
    static LEFT: Mutex<()> = Mutex::new(());
    simulate(|| {
        thread::spawn(|| {
            let _guard = LEFT.lock().unwrap();
            thread::park();
        });
        thread::yield_now();
    });
    assert!(catch_unwind(|| simulate(|| drop(LEFT.lock()))).is_err());
    let deadlock = timeline::interrupted().unwrap().deadlock.unwrap();
    assert!(deadlock.waiting[0].what.starts_with("a `Mutex` that thread 1 has held since"), "{deadlock}");
}

#[test]
fn who_comes_back_from_within_is_reported() {
    for program in [
        || {
            static ONCE: Once = Once::new();
            ONCE.call_once(|| ONCE.call_once(|| ()));
        },
        || {
            static CELL: OnceLock<u32> = OnceLock::new();
            CELL.get_or_init(|| *CELL.get_or_init(|| 1));
        },
        || {
            static LAZY: LazyLock<u32> = LazyLock::new(|| *LAZY + 1);
            assert_eq!(*LAZY, 0);
        },
        || {
            let lock = RwLock::new(());
            let _first = lock.read();
            drop(lock.write());
        },
    ] {
        assert!(catch_unwind(|| simulate(program)).is_err());
        let deadlock = timeline::interrupted().unwrap().deadlock.unwrap();
        assert!(deadlock.waiting[0].what.contains("that main has held since"), "{deadlock}");
        assert!(deadlock.waiting[0].location.contains("statics.rs"), "{deadlock}");
    }
}

#[test]
fn who_needs_what_another_computes_waits_in_virtual_time() {
    let timeline = simulate(|| {
        let (cell, lazy) = (OnceLock::new(), LazyLock::new(|| thread::sleep(ms(2))));
        thread::scope(|scope| {
            for name in ["a", "b"] {
                let (cell, lazy) = (&cell, &lazy);
                scope.spawn(move || {
                    let value = cell.get_or_init(|| {
                        thread::sleep(ms(3));
                        name
                    });
                    record(name, value);
                    LazyLock::force(lazy);
                    record(name, "forced");
                });
            }
            scope.spawn(|| record("c", cell.wait()));
        });
    });
    let expected = "     3 ms  a  a\n     3 ms  b  a\n     3 ms  c  a\n     5 ms  a  forced\n     5 ms  b  forced";
    assert_eq!(timeline.canonical().to_string(), timeline::Timeline::canonical(expected.parse().unwrap()).to_string());
}
