//! A thread tells the others something by the environment, as in Python.
//!
//! error[E0133]: call to unsafe function `set_var` is unsafe
//!
//! The environment has no lock that all code takes: a library in C reads it, for
//! example to find the time zone, while it moves.

use std::{env, thread};

fn main() {
    thread::scope(|scope| {
        scope.spawn(|| env::set_var("GREETING", "Bonjour"));
        scope.spawn(|| println!("{:?}", env::var("GREETING")));
    });
}
