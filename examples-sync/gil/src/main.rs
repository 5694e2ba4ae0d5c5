//! Python's GIL, built from a lock: what it costs threads that compute, and why it
//! costs those that wait nothing.
//!
//! Run it:    `cargo run -p gil`
//! Look for:  about 1 in one of the four cells, about 2 in the others.
//! Python:    `gil.py`, which measures the real GIL

mod gil;
#[cfg(test)]
mod tests;

use std::env;
use std::hint::black_box;
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use gil::Gil;

/// A thread's CPU-bound work: as many steps, each of as many cosines (20 ms or so).
/// After each step another thread may run. (Python switches every 5 ms.)
const STEPS: usize = 12;
const COSINES: usize = 1_000_000;
/// A thread's I/O-bound work: as many requests, each answered after this time.
const REQUESTS: usize = 5;
const LATENCY: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    shared::tidy_output();
    if let Some(arg) = env::args_os().nth(1) {
        eprintln!("expected no argument, not \"{}\"", arg.display());
        return ExitCode::from(2);
    }
    println!(
        "Cores: {}",
        thread::available_parallelism().map_or(1, NonZero::get)
    );
    println!("2 threads, times as fast as one after the other:");
    println!("{:9}{:>14}{:>17}", "", "with the GIL", "without the GIL");
    compare("CPU", compute);
    compare("I/O", request);
    ExitCode::SUCCESS
}

/// Measures one row of the table and prints it.
fn compare(name: &str, work: fn(&Gil)) {
    let alone = timed(|| {
        let _span = shared::span(format_args!("{name} alone"));
        for _ in 0..2 {
            work(&Gil::default());
        }
    });
    let gil = Gil::default();
    let with = on_threads(&format!("{name} with GIL"), [&gil, &gil], work);
    // Without: each thread has one for itself, and nobody waits.
    let gils = [Gil::default(), Gil::default()];
    let without = on_threads(&format!("{name} without"), gils.each_ref(), work);
    println!(
        "{name}-bound{:>14.2}{:>17.2}",
        alone / with,
        alone / without
    );
}

/// How many seconds two threads need that do the same work at the same time.
fn on_threads(name: &str, gils: [&Gil; 2], work: fn(&Gil)) -> f64 {
    timed(|| {
        let _span = shared::span(name);
        thread::scope(|scope| {
            for (number, gil) in (1..).zip(gils) {
                let thread =
                    thread::Builder::new().name(format!("{name} {number}"));
                let started = thread.spawn_scoped(scope, || work(gil));
                started.expect("the system can start two threads");
            }
        });
    })
}

/// CPU-bound: like Python code, it computes under the GIL.
fn compute(gil: &Gil) {
    let mut python = gil.acquire();
    for _ in 0..STEPS {
        cosines();
        python = python.switch();
    }
}

fn cosines() {
    let _span = shared::span("compute");
    let mut x = 1.0_f64;
    for _ in 0..COSINES {
        x = black_box(x.cos()); // really computed, although nobody needs it
    }
}

/// I/O-bound: needs the GIL only between two requests.
fn request(gil: &Gil) {
    let mut python = gil.acquire();
    for _ in 0..REQUESTS {
        python = python.allow_threads(|| {
            let _span = shared::span("request");
            thread::sleep(LATENCY);
        });
    }
}

/// How many seconds `work` takes.
fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
