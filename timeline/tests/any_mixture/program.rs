//! Programs: what their threads do, step by step.

use proptest::prelude::*;

/// Things that threads share, each kind twice, so that they meet often enough and not always.
pub const SHARED: usize = 2;

#[derive(Clone, Debug)]
pub enum Step {
    Sleep(u64),
    Yield,
    /// Locks, and sleeps while it holds the lock.
    Lock(usize, u64),
    /// Locks two mutexes, and sleeps in between. In opposite orders, two threads can end in a deadlock.
    LockBoth(usize, u64),
    Send(usize),
    /// Sends where sending may wait.
    SendBounded(usize),
    Receive(usize, Option<u64>),
    ReceiveBounded(usize, Option<u64>),
    Wait(usize, Option<u64>),
    Notify(usize, bool),
    Park(Option<u64>),
    Unpark(usize),
    /// Spawns a thread, and joins it.
    Child(u64),
    /// Spawns a thread that leaves a value behind, which is dropped late, and perhaps joins it.
    Leave(Leaves, usize, u64, bool),
    /// The same in a scope.
    LeaveInScope(Leaves, usize, u64),
    /// Waits for no time at all, in each way there is.
    ZeroWaits(usize),
    /// Polls up to this many times for what may never be there.
    Poll(Polls, usize, u32),
    Read(usize, u64),
    Write(usize, u64),
    /// Computes what is computed once.
    Compute(usize, u64),
    /// Panics with a payload while it holds a lock, and takes its poison away.
    Poison(usize, u64),
    /// Spawns a thread in a scope that spawns another one there, and ends first.
    Grandchild(usize, u64),
}

/// Where a thread leaves something that is dropped after its function has ended.
#[derive(Clone, Copy, Debug)]
pub enum Leaves {
    Result,
    Payload,
    ThreadLocal,
}

#[derive(Clone, Copy, Debug)]
pub enum Polls {
    Receive,
    Lock,
    Read,
    Computed,
    End,
    Clock,
}

#[derive(Clone, Debug)]
pub struct RandomProgram {
    /// What each thread does.
    pub threads: Vec<Vec<Step>>,
    /// Whether another thread unblocks all that wait from time to time, so that the program comes to an end.
    pub has_pacemaker: bool,
}

fn step() -> impl Strategy<Value = Step> {
    // Waits without a timeout may never end. Then the program ends in a deadlock.
    let patience = prop_oneof![Just(None), (0..4_u64).prop_map(Some)];
    let which = 0..SHARED;
    let short = 0..4_u64;
    prop_oneof![
        3 => short.clone().prop_map(Step::Sleep),
        1 => Just(Step::Yield),
        2 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Lock(which, hold)),
        3 => short.clone().prop_map(|hold| Step::LockBoth(0, hold)),
        1 => (which.clone(), 0..1_u64).prop_map(|(which, hold)| Step::LockBoth(which, hold)),
        2 => which.clone().prop_map(Step::Send),
        1 => which.clone().prop_map(Step::SendBounded),
        2 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::Receive(which, patience)),
        1 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::ReceiveBounded(which, patience)),
        1 => (which.clone(), patience.clone()).prop_map(|(which, patience)| Step::Wait(which, patience)),
        1 => (which.clone(), any::<bool>()).prop_map(|(which, all)| Step::Notify(which, all)),
        1 => patience.prop_map(Step::Park),
        1 => (0..5_usize).prop_map(Step::Unpark),
        1 => short.clone().prop_map(Step::Child),
        2 => (leaves(), which.clone(), short.clone(), any::<bool>())
            .prop_map(|(leaves, which, time, joins)| Step::Leave(leaves, which, time, joins)),
        1 => (leaves(), which.clone(), short.clone())
            .prop_map(|(leaves, which, time)| Step::LeaveInScope(leaves, which, time)),
        1 => which.clone().prop_map(Step::ZeroWaits),
        2 => (polls(), which.clone(), 1..300_u32).prop_map(|(polls, which, times)| Step::Poll(polls, which, times)),
        1 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Read(which, hold)),
        1 => (which.clone(), short.clone()).prop_map(|(which, hold)| Step::Write(which, hold)),
        1 => (which.clone(), short.clone()).prop_map(|(which, time)| Step::Compute(which, time)),
        1 => (which.clone(), short.clone()).prop_map(|(which, time)| Step::Poison(which, time)),
        1 => (which, short).prop_map(|(which, time)| Step::Grandchild(which, time)),
    ]
}

fn leaves() -> impl Strategy<Value = Leaves> {
    prop_oneof![Just(Leaves::Result), Just(Leaves::Payload), Just(Leaves::ThreadLocal)]
}

fn polls() -> impl Strategy<Value = Polls> {
    prop_oneof![
        Just(Polls::Receive),
        Just(Polls::Lock),
        Just(Polls::Read),
        Just(Polls::Computed),
        Just(Polls::End),
        Just(Polls::Clock),
    ]
}

pub fn any_program() -> impl Strategy<Value = RandomProgram> {
    let threads = prop::collection::vec(prop::collection::vec(step(), 0..10), 1..6);
    (threads, prop::bool::weighted(0.8)).prop_map(|(threads, has_pacemaker)| RandomProgram { threads, has_pacemaker })
}
