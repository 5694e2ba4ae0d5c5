//! The cure: drop the guard first. (Or put it and its use into a pair of braces.)

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *counter.lock().unwrap() += 1);
    });
    let guard = counter.lock().unwrap();
    println!("so far {guard}");
    drop(guard);
    println!("in the end {}", counter.into_inner().unwrap());
}
