//! One CPU-bound sum, three ways: by main alone, by a thread for each core, and by
//! rayon's pool of threads.
//!
//! Run it:    `cargo run -p parallel-sum`, or with how many numbers you want:
//!            `cargo run --release -p parallel-sum -- 1000000`
//! Look for:  on two cores the threads are nearly twice as fast.
//! Python:    `parallel_sum.py`

#[cfg(test)]
mod tests;

use std::env;
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use rayon::prelude::*;

/// How many numbers a run without arguments looks at.
const COUNT: usize = 100_000;
const MOST: usize = 10_000_000;
/// The first of them: large, so that each takes some work.
const FIRST: u64 = 100_000_000;
/// How many of them a thread of the pool takes at a time.
const CHUNK: usize = 1_000;

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    match parse(args) {
        Ok(count) => compare(count),
        Err(wrong_argument) => {
            eprintln!("{wrong_argument}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn compare(count: usize) {
    let numbers: Vec<u64> = (FIRST..).take(count).collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    println!("Cores: {cores}");

    let (serial, alone) = timed(|| sum_of_primes(&numbers));
    println!("Serial: {alone:.2} seconds");
    let report = |name, time| {
        println!(
            "{name}: {time:.2} seconds, {:.2} times as fast",
            alone / time
        );
    };
    let (threads, time) = timed(|| on_threads(&numbers, cores));
    report("Threads", time);
    let (pool, time) = timed(|| in_a_pool(&numbers));
    report("Pool", time);

    println!("Sum of the primes: {serial}");
    println!("Results match: {}", serial == threads && serial == pool);
}

/// One thread for each core, each with one chunk of the numbers.
fn on_threads(numbers: &[u64], cores: usize) -> u64 {
    let size = numbers.len().div_ceil(cores).max(1); // there are no chunks of 0
    thread::scope(|scope| {
        let threads: Vec<_> = numbers
            .chunks(size)
            .map(|chunk| scope.spawn(move || sum_of_primes(chunk)))
            .collect(); // starts them all, before main waits for the first
        shared::waiting("threads");
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

/// Rayon keeps a thread for each core, and each takes the next chunk when it has
/// none.
fn in_a_pool(numbers: &[u64]) -> u64 {
    shared::waiting("pool");
    numbers.par_chunks(CHUNK).map(sum_of_primes).sum()
}

/// The work: CPU-bound, and in whole numbers, so that their order does not matter.
fn sum_of_primes(numbers: &[u64]) -> u64 {
    let _span = shared::span(format_args!("sum of {}", numbers.len()));
    numbers.iter().filter(|&&number| is_prime(number)).sum()
}

/// Tries every divisor. There are quicker ways; this one keeps a core busy.
fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number >= 2 && !divisors.any(|divisor| number.is_multiple_of(divisor))
}

/// What `work` returns, and how many seconds it takes.
fn timed<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    (work(), start.elapsed().as_secs_f64())
}

/// No argument, or how many numbers.
fn parse(mut args: impl Iterator<Item = String>) -> Result<usize, String> {
    let Some(arg) = args.next() else {
        return Ok(COUNT);
    };
    if let Some(extra) = args.next() {
        return Err(format!("unexpected argument \"{extra}\""));
    }
    let count = arg.parse().ok().filter(|&count| count <= MOST);
    count.ok_or_else(|| {
        format!("expected how many numbers, 0 to {MOST}, not \"{arg}\"")
    })
}
