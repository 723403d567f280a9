//! Without the powers of root, where the grader runs as root.

use crate::confine::Policy;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities,
};
use std::fs::File;
use std::path::PathBuf;

/// What a build needs where the course belongs to another user: it looks only at whose files are whose.
const OF_FILES: CapabilitySet =
    CapabilitySet::DAC_OVERRIDE.union(CapabilitySet::DAC_READ_SEARCH).union(CapabilitySet::FOWNER);

/// Gives up the capabilities of this process, for good: since it can gain no privileges either, `exec` brings none back.
///
/// A system that refuses this leaves them, and the probe says so.
pub fn drop_those_of_root(policy: &Policy) {
    let Ok(had) = capabilities(None) else { return };
    if had.permitted.is_empty() {
        return;
    }
    let kept =
        if policy.processes || !opens_without_them(policy) { had.permitted & OF_FILES } else { CapabilitySet::empty() };
    let _ = clear_ambient_capability_set();
    for bit in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << bit);
        // There are fewer than 64: this kernel knows no further ones.
        if !kept.contains(capability) && remove_capability_from_bounding_set(capability).is_err() {
            break;
        }
    }
    let _ = set_capabilities(
        None,
        CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() },
    );
}

/// Whether the files of a test can be reached by the user alone. In a folder of another user, root needs its powers for that.
fn opens_without_them(policy: &Policy) -> bool {
    let Ok(had) = capabilities(None) else { return false };
    // Without its powers, root might not even see that they are there.
    let there: Vec<&PathBuf> = policy.execute.iter().chain(&policy.write).filter(|path| path.exists()).collect();
    let nothing = CapabilitySets { effective: CapabilitySet::empty(), ..had };
    if set_capabilities(None, nothing).is_err() {
        return false;
    }
    let all_open = there.iter().all(|path| File::open(path).is_ok());
    let _ = set_capabilities(None, had);
    all_open
}
