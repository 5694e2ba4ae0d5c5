//! Five kinds of global state, used by two threads and by main. Then two tests that
//! share a global disturb each other.
//!
//! - Run it: `cargo run -p global-state`
//! - Look for: main doesn't see what the threads counted in a `thread_local!`, and
//!   each test finds the guest of the other one.
//! - Python: `global_state.py`

mod globals;

use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::thread;

use globals::{GREETED, GREETED_HERE, GUESTS, Guests, LANGUAGE, greet};

fn main() {
    shared::tidy_output();
    LANGUAGE.set("fr".into()).expect("no other code sets it");

    thread::scope(|scope| {
        for (thread, first, second) in [(1, "Ada", "Alan"), (2, "Grace", "Bob")] {
            scope.spawn(move || {
                println!("[thread-{thread}] {} {}", greet(first), greet(second));
                println!("[thread-{thread}] own count: {}", GREETED_HERE.get());
            });
        }
    });
    println!("Atomic: {}", GREETED.load(Ordering::Relaxed));
    println!("Mutex: {}", GUESTS.count());
    println!("thread_local!, as main sees it: {}", GREETED_HERE.get());

    // Two tests at the same time, as `cargo test` runs them.
    let next_step = &Barrier::new(2);
    thread::scope(|scope| {
        for number in 1..=2 {
            scope.spawn(move || {
                let in_global = test(&GUESTS, next_step);
                let in_own = test(&Guests::new(), next_step);
                println!("[test-{number}] expected 1, global: {in_global}");
                println!("[test-{number}] expected 1, its own: {in_own}");
            });
        }
    });
}

/// Adds one guest to an empty list, and counts. The barrier forces the bug: both
/// tests take each step at the same time.
fn test(guests: &Guests, next_step: &Barrier) -> usize {
    guests.clear();
    next_step.wait();
    guests.add("Ada");
    next_step.wait();
    guests.count()
}
