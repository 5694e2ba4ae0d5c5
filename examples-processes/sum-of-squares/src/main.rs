//! `Pool.map` by hand: eight sums, one after the other, and then each in a process
//! of its own.
//!
//! - Run it: `cargo run -p sum-of-squares`
//! - Look for: the same sums in about half the time, if you have two cores.
//! - Python: `sum_of_squares.py`

mod processes;
#[cfg(test)]
mod tests;

use std::time::Instant;
use std::{env, hint, thread};

use anyhow::{Context, Result, bail, ensure};

/// The first of eight numbers. An optimised build needs more work to measure.
const FIRST: u64 = if cfg!(debug_assertions) {
    10_000_000
} else {
    100_000_000
};

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("sum") => child(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

fn parent() -> Result<()> {
    let numbers: Vec<u64> = (FIRST..FIRST + 8).collect();
    let cores = thread::available_parallelism()?.get();

    // One after the other, in this process.
    let start = Instant::now();
    let expected: Vec<u128> = numbers.iter().copied().map(sum_of_squares).collect();
    let serial_time = start.elapsed().as_secs_f64();

    // Each in a process of its own, as many at once as there are cores.
    shared::waiting("processes");
    let start = Instant::now();
    let sums = processes::map(&numbers, cores, |&number| sum_in_process(number));
    let time = start.elapsed().as_secs_f64();

    let mut matching = 0;
    for ((number, sum), expected) in numbers.iter().zip(sums).zip(expected) {
        match sum {
            Ok(sum) => {
                println!("Sum of squares below {number}: {sum}");
                matching += usize::from(sum == expected);
            }
            Err(error) => eprintln!("{number}: {error:#}"),
        }
    }
    ensure!(matching == 8, "only {matching} of 8 sums are right");
    println!("Results match: true");
    println!("Cores: {cores}");
    println!("Serial: {serial_time:.2} seconds");
    let speed_up = serial_time / time;
    println!("Processes: {time:.2} seconds, {speed_up:.2} times as fast");
    Ok(())
}

/// Lets a child compute the sum. A child sends text, so the number is parsed.
fn sum_in_process(number: u64) -> Result<u128> {
    let line = processes::run_self("sum", &number.to_string())?;
    line.parse()
        .with_context(|| format!("its process sent {line:?}"))
}

/// The child's whole work: one number in, one line out.
fn child() -> Result<()> {
    let arg = env::args().nth(2).context("the number is missing")?;
    let number = arg.parse()?;
    processes::end_with_parent();
    println!("{}", sum_of_squares(number));
    Ok(())
}

/// The sum of `i * i` for all `i` below `number`. It is soon above 2^64.
#[inline(never)] // so that parent and children run the same machine code
fn sum_of_squares(number: u64) -> u128 {
    let _span = shared::span(format_args!("n+{}", number % 10));
    // Without `black_box` a release build has no loop: the compiler knows a formula
    // for the sum, and there is nothing left to measure.
    (0..number)
        .map(|i| u128::from(hint::black_box(i)).pow(2))
        .sum()
}
