//! Two threads add to one variable, first behind a lock and then with an atomic,
//! and no increment is lost.
//!
//! - Run it: `cargo run -p locked-counter`
//! - Look for: both ways count to 200000; the last two lines say what each costs.
//! - Python: `locked_counter.py`

mod counter;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use counter::{AtomicCounter, LockedCounter};

const THREADS: usize = 2;
const INCREMENTS: usize = 100_000; // by each thread
/// Not a fixed number of increments: one thread could be done with it before the
/// other one has started, and the two would not compete.
const MEASURING_TIME: Duration = Duration::from_millis(200);

fn main() {
    shared::tidy_output();
    let locked = LockedCounter::default();
    count(|| locked.increment());
    println!("Shared variable: {}", locked.value());

    let atomic = AtomicCounter::default();
    count(|| atomic.increment());
    println!("The same with an atomic: {}", atomic.value());

    measure("Lock", || locked.increment(), || locked.value());
    measure("Atomic", || atomic.increment(), || atomic.value());
}

/// Lets each thread increment 100 000 times.
fn count(increment: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..INCREMENTS {
                    increment();
                }
            });
        }
    });
}

/// Prints what an increment costs while all threads increment at the same time: the
/// time that has passed, divided by the increments of all threads.
fn measure(name: &str, increment: impl Fn() + Sync, value: impl Fn() -> u64) {
    let before = value();
    let all_there = Barrier::new(THREADS + 1); // with main
    let time_is_up = AtomicBool::new(false);

    let time = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                all_there.wait();
                let _span = shared::span(name);
                while !time_is_up.load(Ordering::Relaxed) {
                    increment();
                }
            });
        }
        all_there.wait();
        let start = Instant::now();
        thread::sleep(MEASURING_TIME);
        time_is_up.store(true, Ordering::Relaxed);
        start.elapsed()
    });

    // Only now: while the others fight for the lock, main might not get it for
    // long.
    let increments = (value() - before).max(1);
    let each = time.as_nanos() / u128::from(increments);
    println!("{name}: {each} ns an increment");
}
