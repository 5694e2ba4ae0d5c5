//! The cure: `main` and the thread share the list, and the last of them frees it.

use std::sync::Arc;
use std::thread;

fn main() {
    let names = Arc::new(vec!["Ada", "Grace"]);
    let of_thread = Arc::clone(&names);
    let thread = thread::spawn(move || println!("{of_thread:?}"));
    println!("{} names", names.len());
    thread.join().unwrap();
}
