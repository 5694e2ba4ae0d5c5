//! `main` stops a thread by a `bool`.
//!
//! error[E0506]: cannot assign to `stop` because it is borrowed
//!
//! With a plain `bool`, the compiler could read the flag once, before the loop.

use std::{hint, thread};

fn main() {
    let mut stop = false;
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop {
                hint::spin_loop();
            }
        });
        stop = true;
    });
}
