//! The cure: an `Option`, out of which `take` moves the handle.

use std::thread::{self, JoinHandle};

struct Worker {
    work: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(thread) = self.work.take() {
            thread.join().unwrap();
        }
    }
}

fn main() {
    let work = Some(thread::spawn(|| println!("works")));
    drop(Worker { work });
}
