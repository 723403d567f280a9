//! quest: 3
//! earns: 10
//! tries: nothing: names, comments and texts in German and Greek are none of an attack

{QUEUE}

use std::fmt::Display as Größe;

/// 300 K (with the kelvin sign), é and é.
fn zähle(größe: &impl Größe) -> usize {
    größe.to_string().chars().filter(|zeichen| "äöüß€λ".contains(*zeichen)).count()
}

pub fn event_loop(queue: &TaskQueue) {
    macro_rules! größe {
        ($länge:expr) => {
            zähle(&$länge)
        };
    }
    if größe!("Straße") == 1 {
        queue.run();
    }
}
