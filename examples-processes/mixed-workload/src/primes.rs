//! The computation: how many primes are there? Each chunk of the numbers is counted
//! by a process of its own.

use std::ops::Range;
use std::{env, thread};

use anyhow::{Context, Result};

use crate::processes;

/// The primes below this number are counted.
pub const LIMIT: u64 = 1_000_000;
pub const CHUNKS: u64 = 4;

/// Counts all primes, in as many processes at once as there are cores. If a chunk
/// is lost, the others are counted all the same.
pub fn count_all() -> Result<u64> {
    let chunks: Vec<u64> = (1..=CHUNKS).collect();
    let cores = thread::available_parallelism()?.get();
    processes::map(&chunks, cores, |&number| count_in_process(number))
        .into_iter()
        .sum()
}

fn count_in_process(number: u64) -> Result<u64> {
    let line = processes::run_self("count", &number.to_string())
        .with_context(|| format!("chunk-{number} is lost"))?;
    let count = line
        .parse()
        .with_context(|| format!("chunk-{number}: its process sent {line:?}"))?;
    println!("[chunk-{number}] Counted {count} primes");
    Ok(count)
}

/// The child's whole work: the number of a chunk in, its count out.
pub fn child() -> Result<()> {
    let arg = env::args().nth(2).context("the number is missing")?;
    let chunk = chunk(arg.parse()?);
    processes::end_with_parent();
    let _span = shared::span(format_args!("count {chunk:?}"));
    println!("{}", count(chunk));
    Ok(())
}

/// The numbers of the given chunk, from 1 to [`CHUNKS`].
pub fn chunk(number: u64) -> Range<u64> {
    (number - 1) * LIMIT / CHUNKS..number * LIMIT / CHUNKS
}

/// Counts the primes by trial division, which is slow.
pub fn count(numbers: Range<u64>) -> u64 {
    numbers.map(|n| u64::from(is_prime(n))).sum()
}

fn is_prime(n: u64) -> bool {
    n > 1 && (2..=n.isqrt()).all(|divisor| !n.is_multiple_of(divisor))
}
