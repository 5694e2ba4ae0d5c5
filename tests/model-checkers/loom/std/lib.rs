//! The standard library as the checked files see it: `sync` and `thread` are
//! loom's, and what is done to atomics is told.
//!
//! A package that depends on this under the name `std` has it for all its code.
//! What loom does not have, such as scopes, stays the standard library's, of which
//! the checker knows nothing: cases use `Arc` and `spawn`.
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "as in the standard library"
)]

pub use ::std::*;

pub mod thread {
    //! `std::thread`: threads that the checker runs one at a time.

    pub use ::std::thread::*;
    pub use loom::thread::{
        Builder, JoinHandle, Thread, current, park, spawn, yield_now,
    };

    /// What the story calls the current thread.
    pub(crate) fn actor() -> String {
        current().name().unwrap_or("main").into()
    }
}

pub mod sync {
    //! `std::sync`: what threads share.

    pub use ::std::sync::*;
    pub use loom::sync::{
        Arc, Barrier, Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard,
        RwLockWriteGuard, mpsc,
    };

    pub mod atomic {
        //! `std::sync::atomic`, with what the orderings allow. loom takes `SeqCst`
        //! for `AcqRel`: an error that it finds there may be none.

        pub use ::std::sync::atomic::*;
        use loom::sync::atomic as inner;
        pub use loom::sync::atomic::fence;

        use crate::thread::actor;

        story::atomic!(AtomicBool, bool, inner::AtomicBool, actor);
        story::atomic_number!(AtomicU32, u32, inner::AtomicU32, actor);
        story::atomic_number!(AtomicU64, u64, inner::AtomicU64, actor);
        story::atomic_number!(AtomicUsize, usize, inner::AtomicUsize, actor);
        story::atomic_number!(AtomicI64, i64, inner::AtomicI64, actor);
    }
}
