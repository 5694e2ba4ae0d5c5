//! The pattern: take what you need out of the lock, and compute without it.

use std::sync::Mutex;

use rayon::prelude::*;

/// Numbers that many threads use.
pub struct List(pub Mutex<Vec<u64>>);

impl List {
    /// Broken: while this thread waits for a job, rayon may let it run another one.
    /// If that one locks the list, too, it waits for a lock that its own thread
    /// holds.
    pub fn sum_under_lock(&self, work: &(dyn Fn(u64) -> u64 + Sync)) -> u64 {
        let numbers = self.0.lock().unwrap();
        numbers.par_iter().map(|number| work(*number)).sum()
    }

    /// The lock is free again before rayon starts.
    pub fn sum_of_copy(&self, work: &(dyn Fn(u64) -> u64 + Sync)) -> u64 {
        let numbers = self.0.lock().unwrap().clone();
        numbers.par_iter().map(|number| work(*number)).sum()
    }
}
