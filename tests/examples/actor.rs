//! What actor alone promises.

use libtest_mimic::Trial;
use support::{rounds, trial};

use crate::runs;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "actor",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("actor: the same in many runs", || {
        runs::always_the_same("actor", rounds())
    })]
}
