//! The pattern: a counter that many threads share, behind a lock or as an atomic.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter behind a lock. The lock can guard more than a number.
#[derive(Default)]
pub struct LockedCounter {
    value: Mutex<u64>,
}

impl LockedCounter {
    /// Adds 1.
    pub fn increment(&self) {
        // Reads, adds and writes. No other thread gets in between, because the lock
        // is free again only at the end of the statement.
        *self.value.lock().unwrap() += 1;
    }

    /// Returns the count so far.
    pub fn value(&self) -> u64 {
        *self.value.lock().unwrap()
    }
}

/// A counter without a lock: the processor reads, adds and writes in one step.
#[derive(Default)]
pub struct AtomicCounter {
    value: AtomicU64,
}

impl AtomicCounter {
    /// Adds 1.
    pub fn increment(&self) {
        // Relaxed is enough: the count is right, but it says nothing about other
        // data.
        self.value.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the count so far.
    pub fn value(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}
