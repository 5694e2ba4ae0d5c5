//! The cure: the thread that uses the lock takes it.

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = counter.lock().unwrap();
            *guard += 1;
        });
    });
}
