//! What is special about parallel-sum.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "parallel-sum",
    refused: &[
        (&["many"], 2, "\"many\""),
        (&["10000001"], 2, "\"10000001\""),
        (&["1", "2"], 2, "unexpected argument \"2\""),
    ],
    compared: &[&["0"], &["2345"]],
    random: Some(r"(Cores: |_, )[\d.]+"),
    ..Special::NOTHING
};
