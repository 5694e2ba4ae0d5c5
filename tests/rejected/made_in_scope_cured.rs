//! The cure: make it before the scope begins.

use std::thread;

fn main() {
    let numbers = vec![1, 2, 3];
    thread::scope(|scope| {
        for part in numbers.chunks(2) {
            scope.spawn(move || println!("{part:?}"));
        }
    });
}
