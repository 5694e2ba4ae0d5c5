//! The cure: `Arc`, which counts its owners with an atomic.

use std::sync::Arc;
use std::thread;

fn main() {
    let names = Arc::new(vec!["Ada", "Grace"]);
    let of_thread = Arc::clone(&names);
    let thread = thread::spawn(move || println!("{of_thread:?}"));
    println!("{} names", names.len());
    thread.join().unwrap();
}
