//! The cure: an atomic, which one thread may change while another one reads it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::{hint, thread};

fn main() {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                hint::spin_loop();
            }
        });
        stop.store(true, Ordering::Relaxed);
    });
}
