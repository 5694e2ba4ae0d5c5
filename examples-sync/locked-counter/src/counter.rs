//! The pattern: a counter that many threads share, behind a lock and as an atomic.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter behind a lock. The lock can guard whatever belongs together with it.
#[derive(Default)]
pub struct LockedCounter {
    value: Mutex<u64>,
}

impl LockedCounter {
    /// Adds one.
    pub fn increment(&self) {
        // Reads, adds and writes, and nobody else does so in between.
        *self.value.lock().unwrap() += 1;
    }

    /// How many have been counted.
    pub fn value(&self) -> u64 {
        *self.value.lock().unwrap()
    }
}

/// A counter without a lock: the processor adds in one step.
#[derive(Default)]
pub struct AtomicCounter {
    value: AtomicU64,
}

impl AtomicCounter {
    /// Adds one.
    pub fn increment(&self) {
        // Relaxed: the count is right, and says nothing about other data.
        self.value.fetch_add(1, Ordering::Relaxed);
    }

    /// How many have been counted.
    pub fn value(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}
