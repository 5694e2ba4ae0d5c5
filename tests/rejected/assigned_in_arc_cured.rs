//! The cure: an atomic in the field. For a field that is no number, a `Mutex`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

struct Progress {
    done: AtomicU32,
}

fn main() {
    let progress = Arc::new(Progress {
        done: AtomicU32::new(0),
    });
    let of_thread = Arc::clone(&progress);
    let thread = thread::spawn(move || of_thread.done.store(1, Ordering::Relaxed));
    thread.join().unwrap();
    println!("{} done", progress.done.load(Ordering::Relaxed));
}
