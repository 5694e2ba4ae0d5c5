//! What is special about gil.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "gil",
    refused: &[(&["2"], 2, "not \"2\"")],
    random: Some(r"(Cores: | )\d[\d.]*"),
    ..Special::NOTHING
};
