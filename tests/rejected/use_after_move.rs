//! `main` goes on using what it gave to a thread.
//!
//! error[E0382]: borrow of moved value: `names`
//!
//! With `move` the list belongs to the thread, which may change it, or free it,
//! at any moment.

use std::thread;

fn main() {
    let names = vec!["Ada", "Grace"];
    let thread = thread::spawn(move || println!("{names:?}"));
    println!("{} names", names.len());
    thread.join().unwrap();
}
