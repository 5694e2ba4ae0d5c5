//! A thread reads a list, and `main` changes it meanwhile.
//!
//! error[E0502]: cannot borrow `numbers` as mutable because it is also borrowed
//!
//! The new number may not fit. Then the list moves, and the thread would read what
//! is no longer there.

use std::thread;

fn main() {
    let mut numbers = vec![1, 2, 3];
    thread::scope(|scope| {
        scope.spawn(|| println!("{numbers:?}"));
        numbers.push(4);
    });
}
