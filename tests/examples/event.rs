//! What event alone promises.

use libtest_mimic::Trial;
use support::{Checked, rounds, trial};

use crate::runs::always_shows;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "event",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("event: the same in many runs", always_lost)]
}

/// The notification is lost every time, also when many runs disturb each other.
fn always_lost() -> Checked {
    let shown =
        "\nA notification without a flag keeps out a thread that comes late\n";
    always_shows(SPECIAL.name, shown, 1, rounds())
}
