//! The cure: `main` changes the list when the scope has joined its threads. (If
//! both have to happen at once, use a `Mutex`.)

use std::thread;

fn main() {
    let mut numbers = vec![1, 2, 3];
    thread::scope(|scope| {
        scope.spawn(|| println!("{numbers:?}"));
    });
    numbers.push(4);
}
