//! Threads share a list through a single `Arc`.
//!
//! error[E0382]: borrow of moved value: `list`
//!
//! `move` gives the only `Arc` to the first thread. Each thread needs its own,
//! and `main` keeps one.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let list = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for _ in 0..3 {
        threads.push(thread::spawn(move || list.lock().unwrap().push("done")));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", list.lock().unwrap());
}
