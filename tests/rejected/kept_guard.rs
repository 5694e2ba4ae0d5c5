//! `main` takes the value out of a lock while it still has the guard.
//!
//! error[E0505]: cannot move out of `counter` because it is borrowed
//!
//! The guard frees the lock at the end of the function, and there is no lock left.

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *counter.lock().unwrap() += 1);
    });
    let guard = counter.lock().unwrap();
    println!("so far {guard}");
    println!("in the end {}", counter.into_inner().unwrap());
}
