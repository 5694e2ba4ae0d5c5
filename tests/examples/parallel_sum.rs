//! What is special about parallel-sum.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "parallel-sum",
    random: Some(r"(Cores: |_, )[\d.]+(?: times as fast.*)?"),
    ..Special::NOTHING
};
