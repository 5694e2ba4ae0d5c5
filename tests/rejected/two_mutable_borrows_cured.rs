//! The cure: a lock around the counter. A shared `&` is then enough to change it.

use std::sync::Mutex;
use std::thread;

fn main() {
    let counter = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *counter.lock().unwrap() += 1);
        scope.spawn(|| *counter.lock().unwrap() += 1);
    });
    println!("{}", counter.into_inner().unwrap());
}
