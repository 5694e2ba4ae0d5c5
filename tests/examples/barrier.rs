//! What barrier alone promises.

use libtest_mimic::Trial;
use support::{rounds, trial};

use crate::runs;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "barrier",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("barrier: the same in many runs", || {
        runs::always_in_the_same_form("barrier", rounds())
    })]
}
