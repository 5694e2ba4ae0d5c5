//! What is special about gil.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "gil",
    random: Some(r"(Cores: | )\d[\d.]*|^(?:The GIL keeps|No conclusion: ).*"),
    ..Special::NOTHING
};
