//! What lost-update alone promises.

use libtest_mimic::Trial;
use support::{rounds, trial};

use crate::{rejected, runs};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "lost-update",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("lost-update: the same in many runs", || {
            runs::always_the_same("lost-update", rounds())
        }),
        trial("lost-update: the message in the chapter", rejected::shown),
    ]
}
