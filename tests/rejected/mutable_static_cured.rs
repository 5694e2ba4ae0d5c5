//! The cure: a global lock with the variable in it.

use std::sync::Mutex;
use std::thread;

static SHARED_VARIABLE: Mutex<u64> = Mutex::new(0);

fn main() {
    thread::scope(|scope| {
        scope.spawn(|| *SHARED_VARIABLE.lock().unwrap() += 1);
        scope.spawn(|| *SHARED_VARIABLE.lock().unwrap() += 1);
    });
}
