//! The pattern: two numbers that become visible together, by a flag that is written
//! last and read first.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};

/// Width and height.
pub type Size = (u64, u64);

/// A size that one thread publishes once, and that any thread can read from then
/// on, without a lock.
#[derive(Default)]
pub struct Published {
    width: AtomicU64,
    height: AtomicU64,
    ready: AtomicBool,
}

impl Published {
    /// Publishes the size. Call it once.
    pub fn publish(&self, size: Size) {
        self.write(size);
        // Release: a thread that sees the flag also sees what was written before.
        self.ready.store(true, Release);
    }

    /// Returns the size if it has been published.
    pub fn get(&self) -> Option<Size> {
        // Acquire: what is read below cannot be older than the flag.
        self.ready.load(Acquire).then(|| self.read())
    }

    /// Broken: the new flag may be seen before the new size.
    pub fn publish_relaxed(&self, size: Size) {
        self.write(size);
        self.ready.store(true, Relaxed);
    }

    /// Broken: may return an old size, even if it was published with `Release`.
    pub fn get_relaxed(&self) -> Option<Size> {
        self.ready.load(Relaxed).then(|| self.read())
    }

    /// Broken: what `Relaxed` allows to happen, written down.
    pub fn publish_flag_first(&self, size: Size, pause: impl FnOnce()) {
        self.ready.store(true, Release);
        pause();
        self.write(size);
    }

    fn write(&self, (width, height): Size) {
        self.width.store(width, Relaxed);
        self.height.store(height, Relaxed);
    }

    fn read(&self) -> Size {
        (self.width.load(Relaxed), self.height.load(Relaxed))
    }
}
