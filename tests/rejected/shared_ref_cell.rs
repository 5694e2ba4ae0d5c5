//! Two threads change a value through a `RefCell`.
//!
//! error[E0277]: `RefCell<i32>` cannot be shared between threads safely
//!
//! `RefCell` looks whether somebody else is writing, and then writes, in two
//! steps. Two threads at once would both be let in.

use std::cell::RefCell;
use std::thread;

fn main() {
    let counter = RefCell::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *counter.borrow_mut() += 1);
        scope.spawn(|| *counter.borrow_mut() += 1);
    });
}
