//! Two threads add 1 to the same counter, and one of the two updates is lost,
//! although every access is locked. Then the same with one lock around both steps.
//!
//! - Run it: `cargo run -p lost-update`
//! - Look for: both threads write the same value, in every run.
//! - Python: `lost_update.py`

mod counter;
#[cfg(test)]
mod tests;

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use counter::Counter;

const THREADS: usize = 2;
const WORK_TIME: Duration = Duration::from_millis(100);

fn main() {
    shared::tidy_output();

    // The barrier forces the bug: no thread writes before both have read.
    let both_have_read = Barrier::new(THREADS);
    report("broken", |counter| {
        counter.add_in_two_steps(|| {
            work();
            both_have_read.wait();
        })
    });

    report("fixed", |counter| counter.add_in_one_step(work));
}

/// What a thread does between reading and writing.
fn work() {
    thread::sleep(WORK_TIME);
}

/// Prints what the threads wrote, and what is in the counter afterwards.
fn report(name: &str, add: impl Fn(&Counter) -> u64 + Sync) {
    let (written, value) = add_on_threads(add);
    let lost = THREADS as u64 - value;
    println!("{name}: the threads wrote {written:?}");
    println!("Shared variable: {value}, updates lost: {lost}");
}

/// Lets each thread add 1 to a new counter. Returns what the threads wrote, in
/// order of size, and what the counter holds afterwards.
fn add_on_threads(add: impl Fn(&Counter) -> u64 + Sync) -> (Vec<u64>, u64) {
    let counter = Counter::default();
    let mut written = Vec::new();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..THREADS {
            threads.push(scope.spawn(|| add(&counter)));
        }
        for thread in threads {
            written.push(thread.join().unwrap());
        }
    });
    written.sort_unstable();
    (written, counter.value())
}
