//! The names of mistakes. The list is closed: every wrong program names one of them.

/// Their names, in alphabetical order.
pub const NAMES: [&str; 41] = [
    "blocks-the-loop",
    "borrow-held",
    "busy-loop",
    "cancel-ignored",
    "does-nothing",
    "drift",
    "dropped-early",
    "dropped-late",
    "edge-case",
    "ends-too-early",
    "ends-too-late",
    "failure-ends-all",
    "failure-hidden",
    "grows-the-stack",
    "hard-coded",
    "item-lost",
    "kept-sender",
    "lock-held",
    "lost-wake",
    "never-dropped",
    "not-awaited",
    "not-flushed",
    "off-by-one",
    "one-after-another",
    "poll-without-a-wake",
    "polled-after-ready",
    "reads-all-first",
    "runs-twice",
    "stale-waker",
    "starves-others",
    "state-shared",
    "state-split",
    "too-early",
    "too-late",
    "unbounded",
    "unstable-ties",
    "wakes-nobody",
    "wrong-failure",
    "wrong-order",
    "wrong-text",
    "wrong-value",
];

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn the_list_is_in_order_and_names_each_once() {
        assert!(NAMES.is_sorted_by(|one, next| one < next));
    }
}
