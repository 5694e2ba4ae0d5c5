//! The cure: one list behind a lock, and an `Arc` of it for each thread.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let list = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for _ in 0..3 {
        let list = Arc::clone(&list);
        threads.push(thread::spawn(move || list.lock().unwrap().push("done")));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", list.lock().unwrap());
}
