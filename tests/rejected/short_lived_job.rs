//! A function runs any closure in a thread.
//!
//! error[E0310]: the parameter type `F` may not live long enough
//!
//! The closure may have borrowed something that is gone before the thread ends.

use std::thread::{self, JoinHandle};

fn in_background<F: FnOnce() + Send>(job: F) -> JoinHandle<()> {
    thread::spawn(job)
}

fn main() {
    in_background(|| println!("works")).join().unwrap();
}
