//! What is special about locked-counter.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "locked-counter",
    own_output: Some("Python has no atomic integer"),
    ..Special::NOTHING
};
