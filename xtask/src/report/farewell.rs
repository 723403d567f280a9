//! The text at the end of the course.

/// What the learner has built, as paragraphs.
pub const BUILT: [&str; 2] = [
    "You have built timers, a task queue, futures by hand, wakers, an event loop with deadlines, and a pipeline with \
     backpressure. You wrote every part yourself, and every part passes its tests.",
    "Real runtimes have the same parts. They add threads, the system's own I/O and years of care. You can now read \
     their source and know what each part is for.",
];

/// Where to go next, and what is there.
pub const NEXT: [(&str, &str); 4] = [
    ("tokio's tutorial: the runtime that most programs use", "https://tokio.rs/tokio/tutorial"),
    ("mini-redis: a small server, written to be read", "https://github.com/tokio-rs/mini-redis"),
    ("smol: an executor short enough to read in an evening", "https://github.com/smol-rs/async-executor"),
    ("The async book: async Rust explained by the Rust project itself", "https://rust-lang.github.io/async-book/"),
];
