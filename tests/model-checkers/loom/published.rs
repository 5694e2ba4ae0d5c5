//! A value that one thread writes and says so with a flag.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A value, as soon as there is one.
#[derive(Default)]
pub struct Published {
    data: AtomicU64,
    ready: AtomicBool,
}

impl Published {
    /// Writes the value, then the flag. Right with `Release`.
    pub fn publish(&self, value: u64, order: Ordering) {
        self.data.store(value, Ordering::Relaxed);
        self.ready.store(true, order);
    }

    /// The value, if the flag says that there is one. Right with `Acquire`.
    pub fn get(&self, order: Ordering) -> Option<u64> {
        self.ready
            .load(order)
            .then(|| self.data.load(Ordering::Relaxed))
    }
}
