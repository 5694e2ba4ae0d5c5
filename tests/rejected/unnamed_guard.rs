//! A reference to what a lock guards, without a name for the guard.
//!
//! error[E0716]: temporary value dropped while borrowed
//!
//! The guard has no name, so the lock is free again at the end of the statement.

use std::sync::Mutex;

fn main() {
    let names = Mutex::new(vec!["Ada".to_string()]);
    let first = names.lock().unwrap().first().unwrap();
    println!("{first}");
}
