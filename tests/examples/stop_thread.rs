//! What stop-thread alone promises.

use libtest_mimic::Trial;
use support::{rounds, trial};

use crate::runs;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "stop-thread",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("stop-thread: the same in many runs", || {
        runs::always_in_the_same_form("stop-thread", rounds())
    })]
}
