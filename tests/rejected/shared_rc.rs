//! Two threads share a list with `Rc`.
//!
//! error[E0277]: `Rc<Vec<&str>>` cannot be sent between threads safely
//!
//! `Rc` counts its owners without a lock. Two threads at once would lose a
//! count, and the list would be freed while somebody uses it.

use std::rc::Rc;
use std::thread;

fn main() {
    let names = Rc::new(vec!["Ada", "Grace"]);
    let of_thread = Rc::clone(&names);
    let thread = thread::spawn(move || println!("{of_thread:?}"));
    println!("{} names", names.len());
    thread.join().unwrap();
}
