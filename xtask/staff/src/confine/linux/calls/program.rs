//! Turns what becomes of each system call into the program that the kernel runs at every call.
//!
//! The kernel translates the program whenever a process is filtered, and tries it on every call that there is, once for each
//! process. A list of comparisons, one a call, costs a millisecond there; so the program searches, halving the calls.

use seccompiler::{BpfProgram, SeccompAction, SeccompRule, TargetArch, sock_filter};
use std::collections::BTreeMap;

/// What becomes of a call.
#[derive(Debug, Clone)]
pub enum Outcome {
    Allowed,
    /// It fails with this error, or with none seems to succeed; either way it does nothing.
    Failing(i32),
    /// It is allowed where one of the rules holds, and fails with `EPERM` elsewhere.
    AllowedIf(Vec<SeccompRule>),
}

/// What becomes of every call, by number. What is set later counts.
#[derive(Debug)]
pub struct Outcomes {
    /// Each outcome is that of its number and of those after it, up to the next key.
    starts: BTreeMap<u32, Outcome>,
}

impl Outcomes {
    pub fn all(outcome: Outcome) -> Self {
        Self { starts: BTreeMap::from([(0, outcome)]) }
    }

    /// Sets that of all calls from this number on.
    pub fn from(mut self, first: u32, outcome: Outcome) -> Self {
        self.starts.split_off(&first);
        self.starts.insert(first, outcome);
        self
    }

    /// Sets that of these calls.
    pub fn each(mut self, calls: impl IntoIterator<Item = libc::c_long>, outcome: &Outcome) -> Self {
        for call in calls {
            self.set(call, outcome.clone());
        }
        self
    }

    pub fn set(&mut self, call: libc::c_long, outcome: Outcome) {
        let call = u32::try_from(call).expect("numbers of calls are positive and small");
        let (_, around) = self.starts.range(..=call).next_back().expect("there is an outcome from 0 on");
        let around = around.clone();
        self.starts.entry(call + 1).or_insert(around);
        self.starts.insert(call, outcome);
    }

    /// The program that a kernel of this architecture runs. It ends a process that calls the system as another one would.
    pub fn program(self, arch: TargetArch) -> BpfProgram {
        let mut ranges: Vec<(u32, Outcome)> = Vec::new();
        for (first, outcome) in self.starts {
            let is_as_before = ranges.last().is_some_and(|(_, before)| is_same(before, &outcome));
            if !is_as_before {
                ranges.push((first, outcome));
            }
        }
        let mut program = vec![
            load(ARCHITECTURE),
            jump_if(libc::BPF_JEQ, number_of(arch), 1, 0),
            end(SeccompAction::KillProcess),
            load(NUMBER),
        ];
        program.append(&mut search(&ranges));
        program
    }
}

/// Whether both can be one range. Those with conditions never are: each is about a call of its own.
fn is_same(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Allowed, Outcome::Allowed) => true,
        (Outcome::Failing(one), Outcome::Failing(other)) => one == other,
        _ => false,
    }
}

/// Instructions that find the range in which the loaded number lies, and end with its outcome.
fn search(ranges: &[(u32, Outcome)]) -> BpfProgram {
    if let [(_, outcome)] = ranges {
        return answer(outcome);
    }
    let (lower, upper) = ranges.split_at(ranges.len() / 2);
    let mut below = search(lower);
    let mut program = match u8::try_from(below.len()) {
        Ok(length) => vec![jump_if(libc::BPF_JGE, upper[0].0, length, 0)],
        // A jump on a condition reaches no further than a byte can say.
        Err(_) => vec![jump_if(libc::BPF_JGE, upper[0].0, 0, 1), jump(below.len())],
    };
    program.append(&mut below);
    program.append(&mut search(upper));
    program
}

fn answer(outcome: &Outcome) -> BpfProgram {
    match outcome {
        Outcome::Allowed => vec![end(SeccompAction::Allow)],
        Outcome::Failing(error) => vec![end(SeccompAction::Errno(error.unsigned_abs()))],
        Outcome::AllowedIf(rules) => {
            // A rule that does not hold jumps behind the instruction that follows it.
            let allowed = rules.iter().flat_map(|rule| {
                let mut instructions = BpfProgram::from(rule.clone());
                instructions.push(end(SeccompAction::Allow));
                instructions
            });
            allowed.chain([end(SeccompAction::Errno(libc::EPERM.unsigned_abs()))]).collect()
        }
    }
}

// Where the kernel's description of a call has these.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

/// As the kernel's headers number architectures: the ELF machine, with a mark for 64 bits and one for the order of bytes.
fn number_of(arch: TargetArch) -> u32 {
    const LITTLE_ENDIAN_OF_64_BITS: u32 = 0xc000_0000;
    let machine = match arch {
        TargetArch::x86_64 => 62,
        TargetArch::aarch64 => 183,
        TargetArch::riscv64 => 243,
    };
    LITTLE_ENDIAN_OF_64_BITS | machine
}

fn load(place: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, place)
}

/// Skips so many instructions if the comparison holds, or so many others if it does not.
fn jump_if(comparison: u32, bound: u32, holds: u8, otherwise: u8) -> sock_filter {
    instruction(libc::BPF_JMP | comparison | libc::BPF_K, holds, otherwise, bound)
}

fn jump(length: usize) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JA, 0, 0, u32::try_from(length).expect("a program is short"))
}

fn end(action: SeccompAction) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, 0, 0, action.into())
}

fn instruction(code: u32, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter { code: u16::try_from(code).expect("codes are small"), jt, jf, k }
}
