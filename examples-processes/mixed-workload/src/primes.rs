//! The CPU-bound work: how many primes are there?

use std::io::{self, Write};
use std::ops::Range;

use anyhow::{Context, Result, ensure};

use crate::{processes, say};

/// The primes below this number are counted.
pub const LIMIT: u64 = 1_000_000;
/// In so many chunks.
pub const CHUNKS: u64 = 4;

/// The first argument of the program in its other role.
pub const ROLE: &str = "count-primes";

/// A process for each chunk of the numbers, as many at once as there are cores.
pub fn count_all() -> Result<u64> {
    let numbers: Vec<u64> = (1..=CHUNKS).collect();
    let counts = processes::map(&numbers, |&number| {
        let count = count_in_process(&chunk(number))
            .with_context(|| format!("chunk-{number}"))?;
        say(format_args!("[chunk-{number}] Counted {count} primes"));
        anyhow::Ok(count)
    });
    let failed = counts.iter().filter_map(|count| count.as_ref().err());
    let failed: Vec<String> = failed.map(|error| format!("{error:#}")).collect();
    ensure!(failed.is_empty(), failed.join("\n"));
    counts.into_iter().sum()
}

/// The chunk with this number, from 1.
pub fn chunk(number: u64) -> Range<u64> {
    (number - 1) * LIMIT / CHUNKS..number * LIMIT / CHUNKS
}

/// In the parent: lets a child count, and reads its answer.
fn count_in_process(Range { start, end }: &Range<u64>) -> Result<u64> {
    let answer =
        processes::run_again(&[ROLE, &start.to_string(), &end.to_string()])?;
    let count = answer.trim_end().parse();
    count.with_context(|| format!("{answer:?} is no number"))
}

/// The child's whole work: counts the primes of its chunk and prints how many.
pub fn count_as_child(from: &str, below: &str) -> Result<()> {
    processes::end_with_parent();
    let _span = shared::span("count");
    let count = count(from.parse()?..below.parse()?);
    writeln!(io::stdout(), "{count}").context("the parent is gone")
}

/// By trial division, which is slow.
pub fn count(numbers: Range<u64>) -> usize {
    let is_prime = |&n: &u64| n > 1 && (2..=n.isqrt()).all(|d| n % d != 0);
    numbers.filter(is_prime).count()
}
