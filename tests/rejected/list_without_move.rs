//! Threads borrow the clone that was made for them.
//!
//! error[E0373]: closure may outlive the current function, but it borrows `list`
//!
//! The clone is dropped at the end of this turn of the loop, and the thread
//! would still use it.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let list = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for _ in 0..3 {
        let list = Arc::clone(&list);
        threads.push(thread::spawn(|| list.lock().unwrap().push("done")));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", list.lock().unwrap());
}
