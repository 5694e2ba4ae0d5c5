//! The pattern: at most n threads at a time, each with a permit that comes back
//! when it is dropped.

use std::sync::{Condvar, Mutex};

/// A number of permits that threads take and give back.
pub struct Semaphore {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// One of the permits, until it is dropped.
#[must_use = "dropping it gives the permit back"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Semaphore {
    /// Has `permits` permits, so that many threads can hold one at a time.
    pub fn new(permits: usize) -> Self {
        Self {
            free: Mutex::new(permits),
            given_back: Condvar::new(),
        }
    }

    /// Waits until a permit is free, and takes it.
    pub fn acquire(&self) -> Permit<'_> {
        self.take();
        Permit { semaphore: self }
    }

    /// Returns how many permits are free now. They may be taken the next moment.
    pub fn available(&self) -> usize {
        *self.free.lock().unwrap()
    }

    /// Takes a permit without a guard. It is public only to show the bug: if the
    /// caller panics or returns before `release`, the permit is lost.
    pub fn take(&self) {
        shared::waiting("permit");
        let mut free = self
            .given_back
            .wait_while(self.free.lock().unwrap(), |free| *free == 0)
            .unwrap();
        *free -= 1;
    } // the lock ends here: a job that panics later cannot poison it

    /// Gives a permit back, and wakes one thread that waits for it.
    pub fn release(&self) {
        *self.free.lock().unwrap() += 1;
        self.given_back.notify_one();
    }
}

impl Drop for Permit<'_> {
    /// Runs at the end of the block, after a `?`, and in a panic.
    fn drop(&mut self) {
        self.semaphore.release();
    }
}
