//! The CPU-bound work: how many primes are there?

use std::io::{self, Write};
use std::num::NonZero;
use std::ops::Range;
use std::thread;

use anyhow::{Context, Result};

use crate::{processes, say};

/// The primes below this number are counted.
pub const LIMIT: u64 = 1_000_000;
/// In so many chunks.
pub const CHUNKS: u64 = 4;

/// The first argument of the program in its other role.
pub const ROLE: &str = "count-primes";

/// A process for each chunk of the numbers, as many at once as there are cores.
/// Returns how many primes were counted, and a line for each chunk that is lost.
pub fn count_all() -> (u64, Vec<String>) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let numbers: Vec<u64> = (1..=CHUNKS).collect();
    let counts = processes::map(&numbers, cores, |&number| {
        let count = count_in_process(chunk(number))?;
        say(format_args!("[chunk-{number}] Counted {count} primes"));
        anyhow::Ok(count)
    });
    let (mut sum, mut lost) = (0, Vec::new());
    for (number, count) in numbers.iter().zip(counts) {
        match count {
            Ok(count) => sum += count,
            Err(error) => lost.push(format!("chunk-{number}: {error:#}")),
        }
    }
    (sum, lost)
}

/// The chunk with this number, from 1.
pub fn chunk(number: u64) -> Range<u64> {
    (number - 1) * LIMIT / CHUNKS..number * LIMIT / CHUNKS
}

/// In the parent: lets a child count, and reads its answer.
fn count_in_process(chunk: Range<u64>) -> Result<u64> {
    let bounds = [chunk.start.to_string(), chunk.end.to_string()];
    let answer = processes::run_again(&[ROLE, &bounds[0], &bounds[1]])?;
    answer
        .parse()
        .with_context(|| format!("its process sent {answer:?}"))
}

/// The child's whole work: counts the primes of its chunk and prints how many.
pub fn count_as_child(from: &str, below: &str) -> Result<()> {
    processes::end_with_parent();
    let _span = shared::span(format_args!("count {from}"));
    let count = count(from.parse()?..below.parse()?);
    writeln!(io::stdout(), "{count}").context("the parent is gone")
}

/// By trial division, which is slow.
pub fn count(numbers: Range<u64>) -> u64 {
    let is_prime = |&n: &u64| n > 1 && (2..=n.isqrt()).all(|d| n % d != 0);
    numbers.filter(is_prime).count() as u64
}
