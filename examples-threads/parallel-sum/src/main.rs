//! One CPU-bound sum, three ways: by main alone, by a thread for each core, and by
//! rayon.
//!
//! - Run it: `cargo run -p parallel-sum`
//! - Look for: on two cores that are otherwise idle, the threads need half the
//!   time.
//! - Python: `parallel_sum.py`

#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::thread;
use std::time::Instant;

use rayon::prelude::*;

/// How many numbers to look at. A release build is faster, so it gets more of them.
const COUNT: usize = if cfg!(debug_assertions) {
    20_000
} else {
    500_000
};
/// The first number: it is large, so that each number takes some work.
const FIRST: u64 = 100_000_000;
/// How many numbers a rayon thread takes at a time.
const CHUNK_SIZE: usize = 1_000;

fn main() {
    shared::tidy_output();
    let numbers: Vec<u64> = (FIRST..).take(COUNT).collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("Cores: {cores}");

    let (serial, serial_time) = timed(|| sum_of_primes(&numbers));
    println!("Serial: {serial_time:.2} seconds");

    let (threads, threads_time) = timed(|| sum_with_threads(&numbers, cores));
    report("Threads", threads_time, serial_time);

    let (pool, pool_time) = timed(|| sum_with_rayon(&numbers));
    report("Pool", pool_time, serial_time);

    println!("Sum of the primes: {serial}");
    println!("Results match: {}", serial == threads && serial == pool);
}

/// Gives each core one thread, and each thread one chunk of the numbers.
fn sum_with_threads(numbers: &[u64], cores: usize) -> u64 {
    let chunk_size = numbers.len().div_ceil(cores).max(1); // `chunks(0)` panics
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for chunk in numbers.chunks(chunk_size) {
            threads.push(scope.spawn(move || sum_of_primes(chunk)));
        }
        // Wait only now that all threads are running.
        shared::waiting("threads");
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

/// Rayon has a thread for each core. A thread that is done takes the next chunk.
fn sum_with_rayon(numbers: &[u64]) -> u64 {
    shared::waiting("pool");
    numbers.par_chunks(CHUNK_SIZE).map(sum_of_primes).sum()
}

fn sum_of_primes(numbers: &[u64]) -> u64 {
    let _span = shared::span(format_args!("sum of {}", numbers.len()));
    numbers.iter().filter(|&&number| is_prime(number)).sum()
}

/// Tries every divisor. There are faster ways, but this one keeps a core busy.
fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number >= 2 && !divisors.any(|divisor| number.is_multiple_of(divisor))
}

/// Returns the result of `work`, and how many seconds it took.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    (work(), start.elapsed().as_secs_f64())
}

fn report(name: &str, time: f64, serial_time: f64) {
    let speed_up = serial_time / time;
    // With two cores to themselves, the threads would be nearly twice as fast.
    let hint = if speed_up < 1.5 {
        " (is the machine busy?)"
    } else {
        ""
    };
    println!("{name}: {time:.2} seconds, {speed_up:.2} times as fast{hint}");
}
