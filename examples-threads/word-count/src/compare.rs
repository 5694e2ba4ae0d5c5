//! The same text, counted by main alone, by a thread for each core, and by rayon.

use std::num::NonZero;
use std::thread;
use std::time::Instant;

use crate::made_up;
use crate::pieces::Pieces;
use crate::words::{self, Counts};

/// How many words to make up. A release build is faster, so it gets more of them.
const WORDS: usize = if cfg!(debug_assertions) {
    120_000
} else {
    10_000_000
};

/// Counts the same text three times, and returns the counts.
pub fn three_ways() -> Counts {
    let text = made_up::text(WORDS);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("Cores: {cores}");

    // A text in memory is read as a file is, but without errors.
    let pieces = || Pieces::new(&text[..]).flatten();
    let (serial, serial_time) = timed(|| words::serial(pieces()));
    println!("Serial: {serial_time:.2} seconds");

    let (threads, time) = timed(|| words::with_threads(pieces(), cores));
    report("Threads", time, serial_time);

    let (pool, time) = timed(|| words::with_rayon(pieces()));
    report("Pool", time, serial_time);

    println!("Results match: {}", serial == threads && serial == pool);
    serial
}

/// Returns the result of `work`, and how many seconds it took.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    (work(), start.elapsed().as_secs_f64())
}

fn report(name: &str, time: f64, serial_time: f64) {
    let speed_up = serial_time / time;
    println!("{name}: {time:.2} seconds, {speed_up:.2} times as fast");
}
