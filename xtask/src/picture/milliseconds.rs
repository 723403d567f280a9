//! Times as text.

use std::time::Duration;

/// As [`Timeline`](timeline::Timeline) writes times.
pub fn milliseconds(time: Duration) -> String {
    let below = time.subsec_nanos() % 1_000_000;
    let whole = time.as_millis();
    if below == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{below:06}").trim_end_matches('0')) }
}
