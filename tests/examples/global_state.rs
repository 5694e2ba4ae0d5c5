//! What global-state alone promises.

use libtest_mimic::Trial;
use support::{Checked, rounds, trial};

use crate::runs::always_shows;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "global-state",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("global-state: the same in many runs", always_two)]
}

/// With a global, each test always finds the guest of the other one, too.
fn always_two() -> Checked {
    let shown = ", global: 2\n";
    always_shows(SPECIAL.name, shown, 2, rounds())
}
