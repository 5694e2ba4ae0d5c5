//! Two threads add to one counter, each through a `&mut` of its own.
//!
//! error[E0499]: cannot borrow `counter` as mutable more than once at a time
//!
//! This is the data race itself. While somebody may write, nobody else may read
//! or write.

use std::thread;

fn main() {
    let mut counter = 0;
    thread::scope(|scope| {
        scope.spawn(|| counter += 1);
        scope.spawn(|| counter += 1);
    });
    println!("{counter}");
}
