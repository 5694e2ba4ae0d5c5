//! The cure: `Mutex`, the `RefCell` for threads. It waits where the other panics.

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *counter.lock().unwrap() += 1);
        scope.spawn(|| *counter.lock().unwrap() += 1);
    });
}
