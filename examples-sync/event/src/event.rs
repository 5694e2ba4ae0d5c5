//! The pattern: a flag that threads can wait for, like `threading.Event` in Python.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Any number of threads can wait for it, before or after it is set.
#[derive(Default)]
pub struct Event {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// Lets all threads through, those that wait now and those that come later.
    pub fn set(&self) {
        *self.is_set.lock().unwrap() = true;
        self.changed.notify_all();
    }

    /// From now on, threads wait again. If this comes right after `set`, a thread
    /// that waits may miss both.
    pub fn clear(&self) {
        *self.is_set.lock().unwrap() = false;
    }

    /// Waits until the event is set.
    pub fn wait(&self) {
        let guard = self.is_set.lock().unwrap();
        // Frees the lock while it waits. It looks at the flag before it waits, and
        // each time it wakes up.
        let _guard = self.changed.wait_while(guard, |is_set| !*is_set).unwrap();
    }

    /// Waits for at most `limit`, and returns whether the event is set.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let guard = self.is_set.lock().unwrap();
        let (is_set, _) = self
            .changed
            .wait_timeout_while(guard, limit, |is_set| !*is_set)
            .unwrap();
        *is_set
    }
}

/// Broken: without a flag, a notification reaches only the threads that wait at
/// that moment.
#[derive(Default)]
pub struct BareCondvar {
    lock: Mutex<()>,
    changed: Condvar,
}

impl BareCondvar {
    pub fn set(&self) {
        self.changed.notify_all();
    }

    /// Returns whether a notification came in time.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let guard = self.lock.lock().unwrap();
        let (_guard, result) = self.changed.wait_timeout(guard, limit).unwrap();
        !result.timed_out()
    }
}
