//! Two threads add to a global variable, as in Python.
//!
//! error[E0133]: use of mutable static is unsafe
//!
//! Every function of the program can reach it at any time, so the compiler
//! cannot see that no two threads do.

use std::thread;

static mut SHARED_VARIABLE: u64 = 0;

fn main() {
    thread::scope(|scope| {
        scope.spawn(|| SHARED_VARIABLE += 1);
        scope.spawn(|| SHARED_VARIABLE += 1);
    });
}
