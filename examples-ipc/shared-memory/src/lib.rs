//! Numbers in memory that several processes share, and a lock for them: the
//! pattern, for the examples that use it.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "the errors are the system's, and the chapter explains the rest"
)]

mod shared_memory;
#[cfg(test)]
mod tests;

pub use shared_memory::{CELLS, MemoryGuard, SharedMemory};
