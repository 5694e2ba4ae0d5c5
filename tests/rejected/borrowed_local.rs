//! A thread uses a local variable of the function that starts it.
//!
//! error[E0373]: closure may outlive the current function, but it borrows `names`
//!
//! When `main` returns, or panics before the `join`, `names` is gone, and the
//! thread would read freed memory.

use std::thread;

fn main() {
    let names = vec!["Ada", "Grace"];
    let thread = thread::spawn(|| println!("{names:?}"));
    thread.join().unwrap();
}
