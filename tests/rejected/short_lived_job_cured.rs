//! The cure: only closures that borrow nothing. The caller then writes `move`.

use std::thread::{self, JoinHandle};

fn in_background<F: FnOnce() + Send + 'static>(job: F) -> JoinHandle<()> {
    thread::spawn(job)
}

fn main() {
    in_background(|| println!("works")).join().unwrap();
}
