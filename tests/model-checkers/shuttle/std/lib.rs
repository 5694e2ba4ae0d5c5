//! The standard library as the checked files see it: `sync` and `thread` are
//! shuttle's, and tell the story of what they do. (And a queue of `collections` can
//! be shown.)
//!
//! A package that depends on this under the name `std` has it for all its code.
//! What is named here replaces the standard library's; the rest of that stays, so
//! `OnceLock` and `LazyLock` are real ones, of which the checker knows nothing.
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "as in the standard library"
)]

pub use ::std::*;
pub use shuttle::thread_local;

pub mod collections;
pub mod sync;
pub mod thread;
