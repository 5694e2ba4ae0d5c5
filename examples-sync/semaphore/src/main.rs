//! Six jobs run two at a time. One of them panics, and its permit comes back.
//!
//! - Run it: `cargo run -p semaphore`
//! - Look for: the last line. Without a guard, the panic loses the permit.
//! - Python: `semaphore.py`

mod by_hand;
mod semaphore;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{panic, thread};

use semaphore::Semaphore;

const PERMITS: usize = 2;

fn main() {
    shared::tidy_output();
    let semaphore = &Semaphore::new(PERMITS);
    let running = &AtomicUsize::new(0);
    // Jobs run in pairs, so that they really overlap. (Their number is even.)
    let two_there = &Barrier::new(PERMITS);

    thread::scope(|scope| {
        let mut jobs = Vec::new();
        for number in 1..=6 {
            jobs.push(scope.spawn(move || {
                shared::lane(format_args!("job-{number}"));
                let _permit = semaphore.acquire();
                let _span = shared::span("work");
                println!("[job-{number}] starts");
                let at_once = running.fetch_add(1, Ordering::Relaxed) + 1;
                two_there.wait();
                thread::sleep(Duration::from_millis(30)); // your work
                running.fetch_sub(1, Ordering::Relaxed);
                finish(number);
                at_once
            }));
        }
        // A panic that is not joined here would make the scope panic, too.
        let most = jobs.into_iter().filter_map(|job| job.join().ok()).max();
        println!("At most {} jobs at once", most.unwrap_or(0));
    });
    println!("{} of {PERMITS} permits are back", semaphore.available());

    by_hand::lose_a_permit();
}

/// The end of a job. Job 3 panics here.
fn finish(number: usize) {
    if number == 3 {
        println!("[job-{number}] panics");
        // As `panic!` does, but without a message on standard error.
        panic::resume_unwind(Box::new("a bad job"));
    }
}
