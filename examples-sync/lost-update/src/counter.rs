//! A counter behind a lock, with the lost update, and without it.

use std::sync::Mutex;

/// A counter that many threads may use at once.
#[derive(Default)]
pub struct Counter {
    value: Mutex<u64>,
}

impl Counter {
    /// Broken: adds 1 under two locks, one to read and one to write. `pause` runs
    /// between the two, where other threads may write. Returns the new value.
    pub fn add_in_two_steps(&self, pause: impl Fn()) -> u64 {
        let _span = shared::span("read, then write");
        let seen = *self.value.lock().unwrap(); // the `;` frees the lock
        pause();
        *self.value.lock().unwrap() = seen + 1;
        seen + 1
    }

    /// Fixed: adds 1 under one lock, and nobody writes in between. `pause` runs
    /// between reading and writing here, too. Returns the new value.
    pub fn add_in_one_step(&self, pause: impl Fn()) -> u64 {
        shared::waiting("lock");
        let mut value = self.value.lock().unwrap();
        let _span = shared::span("read and write");
        let seen = *value;
        pause();
        *value = seen + 1;
        seen + 1
    } // `value`, the guard, goes out of scope: only now is the lock free

    /// What the counter holds now.
    pub fn value(&self) -> u64 {
        *self.value.lock().unwrap()
    }
}
