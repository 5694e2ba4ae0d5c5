//! `main` locks, and another thread goes on under that lock.
//!
//! error[E0277]: `MutexGuard<'_, i32>` cannot be sent between threads safely
//!
//! On many systems, a lock has to be freed by the thread that took it.

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    let mut guard = counter.lock().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || *guard += 1);
    });
}
