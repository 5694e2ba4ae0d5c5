//! What is special about thread-queue.

use super::Special;

pub const SPECIAL: Special = Special {
    name: "thread-queue",
    interchangeable: Some(r"^\[(producer|consumer)-\d+\]"),
    ..Special::NOTHING
};
