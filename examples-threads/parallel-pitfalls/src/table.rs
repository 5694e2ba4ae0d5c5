//! What `par_iter` costs and gains, measured on this machine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rayon::prelude::*;

/// Kind, number of items, and steps of work for each.
const ROWS: [(&str, u64, u64); 6] = [
    ("cheap", 100, 10),
    ("cheap", 10_000, 10),
    ("cheap", 100_000, 10),
    ("costly", 10, 500),
    ("costly", 100, 500),
    ("costly", 1_000, 500),
];
const RUNS: usize = 3;

/// How long a loop took with `iter`, and with `par_iter`.
type Row = (Duration, Duration);

/// Prints a line for each row, and what follows.
pub fn print() {
    println!("items                 iter      par_iter");
    let rows = ROWS.map(|(kind, items, steps)| {
        let (iter, par_iter) = measure(items, steps);
        let [iter_us, par_us] = [iter, par_iter].map(|t| t.as_secs_f64() * 1e6);
        println!("{items:6} {kind:6} {iter_us:9.1} µs {par_us:9.1} µs");
        (iter, par_iter)
    });
    println!("Rule: {}", rule(&rows));
}

fn measure(items: u64, steps: u64) -> Row {
    let numbers: Vec<u64> = (0..items).collect();
    let iter = best_time(|| numbers.iter().map(|n| work(*n, steps)).max());
    let par_iter = best_time(|| numbers.par_iter().map(|n| work(*n, steps)).max());
    (iter, par_iter)
}

/// Not inlined, so that both loops call the same code.
#[inline(never)]
fn work(number: u64, steps: u64) -> u64 {
    (0..steps).fold(number, |n, step| n.wrapping_mul(31).wrapping_add(step))
}

/// The best of some runs, because that one was disturbed least.
fn best_time(work: impl Fn() -> Option<u64>) -> Duration {
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

/// What follows from the rows, if they agree. Where a loop of 2 ms gains nothing,
/// other programs use the cores.
fn rule(rows: &[Row]) -> String {
    let cores_free = rows
        .iter()
        .any(|(iter, par_iter)| 2 * *iter > 3 * *par_iter);
    let (faster, slower): (Vec<Row>, Vec<Row>) =
        rows.iter().partition(|(iter, par_iter)| par_iter < iter);
    let faster = faster.iter().map(|(iter, _)| iter.as_micros()).min();
    let slower = slower.iter().map(|(iter, _)| iter.as_micros()).max();
    if let (Some(faster), Some(slower)) = (faster, slower)
        && cores_free
        && slower < faster.min(2_000)
    {
        format!("slower up to {slower} µs, faster from {faster} µs on")
    } else {
        "none follows from these figures (is the machine busy?)".into()
    }
}
