//! A counter behind a lock, once with the lost update and once without it.

use std::sync::Mutex;

/// A counter that many threads can use at once.
#[derive(Default)]
pub struct Counter {
    value: Mutex<u64>,
}

impl Counter {
    /// Broken: locks once to read and once more to write. Another thread can write
    /// in between, while `pause` runs. Returns the value that it wrote.
    pub fn add_in_two_steps(&self, pause: impl Fn()) -> u64 {
        let _span = shared::span("read, then write");
        let seen = *self.value.lock().unwrap(); // the `;` frees the lock
        pause();
        *self.value.lock().unwrap() = seen + 1;
        seen + 1
    }

    /// Fixed: keeps the lock from reading to writing. No other thread gets in while
    /// `pause` runs. Returns the value that it wrote.
    pub fn add_in_one_step(&self, pause: impl Fn()) -> u64 {
        shared::waiting("lock");
        let mut value = self.value.lock().unwrap();
        let _span = shared::span("read and write");
        let seen = *value;
        pause();
        *value = seen + 1;
        seen + 1
    } // the guard `value` is dropped here, which frees the lock

    /// Returns what the counter holds now.
    pub fn value(&self) -> u64 {
        *self.value.lock().unwrap()
    }
}
