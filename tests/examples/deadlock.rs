//! What deadlock alone promises.

use libtest_mimic::Trial;
use support::{Checked, rounds, trial};

use crate::runs::always_shows;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "deadlock",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("deadlock: the same in many runs", always_stuck)]
}

/// Forced and shown every time, also when many runs disturb each other.
fn always_stuck() -> Checked {
    let shown = "\nOpposite order: a deadlock, balances [None, None]\n";
    always_shows(SPECIAL.name, shown, 1, rounds())
}
