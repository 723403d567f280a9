//! Turns what becomes of each system call into the program that the kernel runs at every call.
//!
//! The kernel translates the program whenever a process is filtered, and tries it on every call that there is, once for each
//! process. A list of comparisons, one a call, costs a millisecond there; so the program searches, halving the calls.

use seccompiler::{BpfProgram, SeccompAction, SeccompRule, TargetArch, sock_filter};

/// What becomes of a call.
#[derive(Debug)]
pub enum CallAction {
    Allow,
    /// It fails with this error, or with none seems to succeed; either way it does nothing.
    Fail(i32),
    /// It is allowed where one of the rules holds, and fails with `EPERM` elsewhere.
    AllowIf(Vec<SeccompRule>),
}

/// What becomes of every call, by number.
#[derive(Debug)]
pub struct CallFilter {
    /// Calls with an action of their own.
    pub calls: Vec<(libc::c_long, CallAction)>,
    /// The action of all others with numbers below `newer`.
    pub others: CallAction,
    /// From this number on, calls are newer than the list.
    pub newer: u32,
    pub others_newer: CallAction,
}

impl CallFilter {
    /// The program that a kernel of this architecture runs. It ends a process that calls the system as another one would.
    pub fn program(&self, arch: TargetArch) -> BpfProgram {
        let mut program = vec![
            load(ARCHITECTURE),
            jump_if(libc::BPF_JEQ, number_of(arch), 1, 0),
            end(SeccompAction::KillProcess),
            load(NUMBER),
        ];
        program.append(&mut search(&self.ranges()));
        program
    }

    /// Each action is that of its number and of those after it, up to the next one.
    fn ranges(&self) -> Vec<(u32, &CallAction)> {
        let number = |call: libc::c_long| u32::try_from(call).expect("numbers of calls are positive and small");
        let mut calls: Vec<(u32, &CallAction)> =
            self.calls.iter().map(|(call, action)| (number(*call), action)).collect();
        calls.push((self.newer, &self.others_newer));
        calls.sort_by_key(|(call, _)| *call);
        calls.dedup_by_key(|(call, _)| *call);
        let mut ranges = vec![(0, &self.others)];
        for (call, action) in calls {
            begin(&mut ranges, call, action);
            begin(&mut ranges, call + 1, if call < self.newer { &self.others } else { &self.others_newer });
        }
        ranges
    }
}

fn begin<'a>(ranges: &mut Vec<(u32, &'a CallAction)>, first: u32, action: &'a CallAction) {
    if ranges.last().is_some_and(|(before, _)| *before == first) {
        ranges.pop();
    }
    if !ranges.last().is_some_and(|(_, before)| is_same(before, action)) {
        ranges.push((first, action));
    }
}

/// Whether both can be one range. Those with rules never are: each is about a call of its own.
fn is_same(one: &CallAction, other: &CallAction) -> bool {
    match (one, other) {
        (CallAction::Allow, CallAction::Allow) => true,
        (CallAction::Fail(one), CallAction::Fail(other)) => one == other,
        _ => false,
    }
}

/// Instructions that find the range in which the loaded number lies, and end with its action.
fn search(ranges: &[(u32, &CallAction)]) -> BpfProgram {
    if let [(_, action)] = ranges {
        return act(action);
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

fn act(action: &CallAction) -> BpfProgram {
    match action {
        CallAction::Allow => vec![end(SeccompAction::Allow)],
        CallAction::Fail(error) => vec![end(SeccompAction::Errno(error.unsigned_abs()))],
        CallAction::AllowIf(rules) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    const ARCH: TargetArch = TargetArch::x86_64;

    /// What the program answers to a call, run as the kernel does.
    fn answer(program: &[sock_filter], call: u32, architecture: u32) -> u32 {
        let mut loaded = 0;
        let mut next = 0;
        loop {
            let instruction = &program[next];
            next += 1;
            let holds = match u32::from(instruction.code) {
                code if code == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => {
                    loaded = if instruction.k == NUMBER { call } else { architecture };
                    continue;
                }
                code if code == libc::BPF_JMP | libc::BPF_JA => {
                    next += usize::try_from(instruction.k).unwrap();
                    continue;
                }
                code if code == libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K => loaded == instruction.k,
                code if code == libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K => loaded >= instruction.k,
                _ => return instruction.k,
            };
            next += usize::from(if holds { instruction.jt } else { instruction.jf });
        }
    }

    #[test]
    fn every_call_has_its_action() {
        const MANY: libc::c_long = 3000;
        let action = |call: libc::c_long| match call % 7 {
            0 => Some(CallAction::Allow),
            2 | 3 => Some(CallAction::Fail(1)),
            4 => Some(CallAction::Fail(i32::try_from(call).unwrap())),
            _ => None,
        };
        let filter = CallFilter {
            // In no particular order.
            calls: (0..MANY).rev().filter_map(|call| Some((call, action(call)?))).collect(),
            others: CallAction::Fail(9),
            newer: 1001,
            others_newer: CallAction::Fail(8),
        };
        let program = filter.program(ARCH);
        let said = |call: u32| answer(&program, call, number_of(ARCH));
        for call in 0..MANY {
            let other = CallAction::Fail(if call < 1001 { 9 } else { 8 });
            let expected = act(&action(call).unwrap_or(other))[0].k;
            assert_eq!(said(u32::try_from(call).unwrap()), expected, "{call}");
        }
        let newer = act(&CallAction::Fail(8))[0].k;
        // The last ones are 32-bit calls on a 64-bit system, which have a mark in their number.
        assert_eq!([5000, 0x4000_0000, 0x4000_0007, u32::MAX].map(said), [newer; 4]);
    }

    #[test]
    fn a_call_of_another_architecture_ends_the_process() {
        let filter =
            CallFilter { calls: Vec::new(), others: CallAction::Allow, newer: 100, others_newer: CallAction::Allow };
        let program = filter.program(ARCH);
        assert_eq!(answer(&program, 7, number_of(TargetArch::aarch64)), libc::SECCOMP_RET_KILL_PROCESS);
        assert_eq!(answer(&program, 7, number_of(ARCH)), libc::SECCOMP_RET_ALLOW);
    }
}
