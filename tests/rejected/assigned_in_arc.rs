//! A thread changes a field of what an `Arc` shares.
//!
//! error[E0594]: cannot assign to data in an `Arc`
//!
//! Others own it, too, and may be reading it.

use std::sync::Arc;
use std::thread;

struct Progress {
    done: u32,
}

fn main() {
    let progress = Arc::new(Progress { done: 0 });
    let of_thread = Arc::clone(&progress);
    let thread = thread::spawn(move || of_thread.done = 1);
    thread.join().unwrap();
    println!("{} done", progress.done);
}
