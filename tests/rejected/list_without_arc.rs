//! Threads share a list that has a lock, but no `Arc`.
//!
//! error[E0382]: borrow of moved value: `list`
//!
//! `move` gives the list to the first thread. There is none left for the second
//! one, nor for `main`.

use std::sync::Mutex;
use std::thread;

fn main() {
    let list = Mutex::new(Vec::new());
    let mut threads = Vec::new();
    for _ in 0..3 {
        threads.push(thread::spawn(move || list.lock().unwrap().push("done")));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", list.lock().unwrap());
}
