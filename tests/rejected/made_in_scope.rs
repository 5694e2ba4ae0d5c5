//! A scoped thread borrows what is made inside the scope.
//!
//! error[E0597]: `numbers` does not live long enough
//!
//! The scope waits for its threads after its closure has returned, and then the
//! list is gone.

use std::thread;

fn main() {
    thread::scope(|scope| {
        let numbers = vec![1, 2, 3];
        for part in numbers.chunks(2) {
            scope.spawn(move || println!("{part:?}"));
        }
    });
}
