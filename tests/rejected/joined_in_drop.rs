//! A type joins its thread when it is dropped.
//!
//! error[E0507]: cannot move out of `self.work` which is behind a mutable reference
//!
//! `join` takes the handle away, and `drop` has only a reference to it.

use std::thread::{self, JoinHandle};

struct Worker {
    work: JoinHandle<()>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.work.join().unwrap();
    }
}

fn main() {
    let work = thread::spawn(|| println!("works"));
    drop(Worker { work });
}
