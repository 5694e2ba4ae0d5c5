//! Two threads add to one variable, behind a lock and as an atomic.
//!
//! Run it:    `cargo run -p locked-counter`
//! Look for:  no increment is lost, and what an increment costs each way.
//! Python:    `locked_counter.py`

mod counter;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use counter::{AtomicCounter, LockedCounter};

const THREADS: u32 = 2;
const INCREMENTS: u32 = 100_000; // a thread

fn main() {
    shared::tidy_output();
    let locked = LockedCounter::default();
    let with_lock = count("lock", || locked.increment());
    println!("Shared variable: {}", locked.value());

    let atomic = AtomicCounter::default();
    let with_atomic = count("atomic", || atomic.increment());
    println!("The same with an atomic: {}", atomic.value());

    for (name, time) in [("Lock", with_lock), ("Atomic", with_atomic)] {
        let each = (time / (THREADS * INCREMENTS)).as_nanos();
        println!("{name}: {:.1} ms, {each} ns an increment", ms(time));
    }
}

/// All threads increment at once, as fast as they can. Returns how long that took.
fn count(name: &str, increment: impl Fn() + Sync) -> Duration {
    let all_are_there = Barrier::new(THREADS as usize);
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 1..=THREADS {
            let work = || {
                all_are_there.wait();
                let _span = shared::span("increments");
                for _ in 0..INCREMENTS {
                    increment();
                }
            };
            let thread = thread::Builder::new().name(format!("{name}-{number}"));
            thread
                .spawn_scoped(scope, work)
                .expect("the system can start a thread");
        }
    });
    start.elapsed()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
