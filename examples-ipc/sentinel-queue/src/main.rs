//! Consumer processes share a queue, and each needs a sentinel of its own.
//!
//! - Run it: `cargo run -p sentinel-queue`
//! - Look for: each consumer is done once. When one of them crashes, the others
//!   continue, and only the number that it was working on is lost.
//! - Python: `sentinel_queue.py`

mod connection;
mod queue;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;
use std::{env, process, thread};

use anyhow::{Result, bail, ensure};
use connection::Connection;

const CONSUME_TIME: Duration = Duration::from_millis(100);
/// The consumer that gets this number crashes.
const BAD_NUMBER: u32 = 8;

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some(role) if role.starts_with("consumer-") => consumer(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// Consumes numbers until the sentinel comes. Without one, `receive` fails.
fn consumer() -> Result<()> {
    let mut queue = Connection::to_parent();
    shared::waiting("a number");
    while let Some(number) = queue.receive()? {
        let _span = shared::span(format_args!("consume {number}"));
        thread::sleep(CONSUME_TIME); // your work
        if number == BAD_NUMBER {
            process::exit(3); // a crash
        }
        queue.confirm(Some(number))?;
    }
    queue.confirm(None)
}

/// Lets three consumers share some numbers, twice.
fn parent() -> Result<()> {
    println!("Three consumers, a sentinel for each:");
    let lost = share(0..5, &["consumer-1", "consumer-2", "consumer-3"])?;
    ensure!(lost.is_empty(), "lost: {lost:?}");

    println!("Three consumers, and one of them crashes:");
    let lost_in_crash = share(5..10, &["consumer-4", "consumer-5", "consumer-6"])?;
    println!("Lost: {lost_in_crash:?}");
    ensure!(lost_in_crash == [BAD_NUMBER], "another consumer died, too");
    Ok(())
}

/// A consumer's output is its connection, so the parent prints for it.
fn share(numbers: Range<u32>, consumers: &[&str]) -> Result<Vec<u32>> {
    queue::share(numbers, consumers, |name, item| match item {
        Some(number) => println!("[{name}] Received: {number}"),
        None => println!("[{name}] Done"),
    })
}
