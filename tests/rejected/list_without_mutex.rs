//! Threads share a list that has an `Arc`, but no lock.
//!
//! error[E0596]: cannot borrow data in an `Arc` as mutable
//!
//! An `Arc` has several owners, so all that it gives out is a shared `&`. Two
//! threads that push at once would tear the list apart.

use std::sync::Arc;
use std::thread;

fn main() {
    let list = Arc::new(Vec::new());
    let mut threads = Vec::new();
    for _ in 0..3 {
        let list = Arc::clone(&list);
        threads.push(thread::spawn(move || list.push("done")));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", list);
}
