//! Processes compute while threads wait, so neither holds up the other.
//!
//! - Run it: `cargo run -p mixed-workload`
//! - Look for: both together take about as long as the longer of the two alone.
//! - Python: `mixed_workload.py`

mod primes;
mod processes;
#[cfg(test)]
mod tests;

use std::time::Duration;
use std::{env, thread};

use anyhow::{Result, bail};

const QUERIES: u64 = 3;
const QUERY_TIME: Duration = Duration::from_millis(500);

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("count") => primes::child(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// Does the same work three times. If a chunk is lost, it still does the rest.
fn parent() -> Result<()> {
    io_alone();
    let primes_alone = cpu_alone();
    let both = overlapped();
    primes_alone?;
    let (orders, primes) = both?;
    println!("{orders} orders, {primes} primes below {}", primes::LIMIT);
    Ok(())
}

fn io_alone() {
    let _timer = shared::timer("I/O alone");
    let _span = shared::span("I/O alone");
    query_all();
}

fn cpu_alone() -> Result<u64> {
    let _timer = shared::timer("CPU alone");
    let _span = shared::span("CPU alone");
    primes::count_all()
}

fn overlapped() -> Result<(u64, u64)> {
    let _timer = shared::timer("Both, overlapped,");
    let _span = shared::span("both, overlapped");
    thread::scope(|scope| {
        let queries = scope.spawn(query_all);
        let primes = primes::count_all()?; // while the other threads wait
        Ok((queries.join().unwrap(), primes))
    })
}

/// The I/O: a thread for each query, because a thread that waits needs no core.
fn query_all() -> u64 {
    thread::scope(|scope| {
        let mut queries = Vec::new();
        for number in 1..=QUERIES {
            queries.push(scope.spawn(move || query(number)));
        }
        queries.into_iter().map(|query| query.join().unwrap()).sum()
    })
}

fn query(number: u64) -> u64 {
    shared::lane(format_args!("query-{number}"));
    shared::waiting(format_args!("query {number}"));
    thread::sleep(QUERY_TIME); // your I/O
    let orders = 10 * number;
    println!("[query-{number}] Received {orders} orders");
    orders
}
