//! Python's GIL, built from a lock: why threads that compute gain nothing from a
//! second core, and threads that wait lose nothing.
//!
//! - Run it: `cargo run -p gil`
//! - Look for: about 1 in one of the four cells, about 2 in the others.
//! - Python: `gil.py`, which measures the real GIL

mod gil;
#[cfg(test)]
mod tests;

use std::hint::black_box;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use gil::Gil;

/// CPU-bound work: each step takes about 20 ms, and then another thread may
/// compute.
const STEPS: usize = 12;
const COSINES_PER_STEP: usize = 1_000_000;
/// I/O-bound work: each request is answered after this time.
const REQUESTS: usize = 5;
const LATENCY: Duration = Duration::from_millis(50);

fn main() {
    shared::tidy_output();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("Cores: {cores}");
    println!("Speed-up of 2 threads over one after the other:");
    println!("{:9}{:>14}{:>17}", "", "with the GIL", "without the GIL");
    let (with_gil, without_gil) = compare("CPU", compute);
    compare("I/O", request);

    if with_gil < 1.2 && without_gil > 1.5 {
        println!("The GIL keeps CPU-bound threads from using a second core.");
    } else {
        println!("No conclusion: there is no second core, or it is busy.");
    }
}

/// Prints one row of the table: how many times as fast two threads are as one after
/// the other, with the GIL and without it.
fn compare(name: &str, work: fn(&Gil)) -> (f64, f64) {
    let alone = seconds(|| {
        let _span = shared::span(format_args!("{name} alone"));
        work(&Gil::default());
        work(&Gil::default());
    });
    let gil = Gil::default();
    let with_gil = alone
        / seconds(|| {
            let _span = shared::span(format_args!("{name} with the GIL"));
            on_threads([&gil, &gil], work);
        });
    // Each thread has a GIL for itself, so it never waits for it.
    let without_gil = alone
        / seconds(|| {
            let _span = shared::span(format_args!("{name} without the GIL"));
            on_threads([&Gil::default(), &Gil::default()], work);
        });
    println!("{name}-bound{with_gil:>14.2}{without_gil:>17.2}");
    (with_gil, without_gil)
}

/// Two threads do the same work at the same time.
fn on_threads(gils: [&Gil; 2], work: fn(&Gil)) {
    thread::scope(|scope| {
        for gil in gils {
            scope.spawn(move || work(gil));
        }
    });
}

/// CPU-bound: like Python code, it computes while it holds the GIL.
fn compute(gil: &Gil) {
    let mut guard = gil.acquire();
    for _ in 0..STEPS {
        cosines();
        guard = guard.switch();
    }
}

fn cosines() {
    let _span = shared::span("compute");
    let mut x = 1.0_f64;
    for _ in 0..COSINES_PER_STEP {
        x = black_box(x.cos()); // keeps the compiler from dropping an unused result
    }
}

/// I/O-bound: needs the GIL only between two requests.
fn request(gil: &Gil) {
    let mut guard = gil.acquire();
    for _ in 0..REQUESTS {
        guard = guard.allow_threads(|| {
            let _span = shared::span("request");
            thread::sleep(LATENCY);
        });
    }
}

/// Returns how many seconds `work` takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
