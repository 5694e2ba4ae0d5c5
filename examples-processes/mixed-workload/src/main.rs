//! Processes compute while threads wait: neither holds up the other.
//!
//! - Run it: `cargo run -p mixed-workload`
//! - Look for: both together take about as long as the longer of the two alone.
//! - Python: `mixed_workload.py`

mod primes;
mod processes;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Result, ensure};

const QUERIES: u64 = 3;
/// How long the database takes to answer. Waiting for it stands for your I/O.
const QUERY_TIME: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let result = match &args.collect::<Vec<_>>()[..] {
        [] => run(),
        [role, from, below] if role == primes::ROLE => {
            primes::count_as_child(from, below)
        }
        [other, ..] => {
            let _ = writeln!(io::stderr(), "expected no argument, not \"{other}\"");
            return ExitCode::from(2);
        }
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // Whoever read our lines has left (`| head -1`): nobody to tell.
    let left = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    if !error.downcast_ref().is_some_and(left) {
        let _ = writeln!(io::stderr(), "{error:#}");
    }
    ExitCode::FAILURE
}

fn run() -> Result<()> {
    let (_, io_time) = measure("I/O alone", query_all);
    let ((_, lost), cpu) = measure("CPU alone", primes::count_all);
    let ((orders, (count, lost_too)), both) = measure("both, overlapped", || {
        thread::scope(|scope| {
            let queries = scope.spawn(query_all);
            let counted = primes::count_all(); // while the other threads wait
            (queries.join().unwrap(), counted)
        })
    });
    let lost = [lost, lost_too].concat();
    if lost.is_empty() {
        let limit = primes::LIMIT;
        writeln!(
            io::stdout(),
            "{orders} orders, {count} primes below {limit}"
        )?;
    }
    writeln!(io::stdout(), "{io_time}\n{cpu}\n{both}")?;
    ensure!(lost.is_empty(), lost.join("\n"));
    Ok(())
}

/// Does the work, and returns a line that says how long it took as well.
fn measure<T>(label: &str, work: impl FnOnce() -> T) -> (T, String) {
    let _span = shared::span(label);
    say(format_args!("{label}:"));
    let start = Instant::now();
    let done = work();
    (
        done,
        format!("{label}: {:.2} seconds", start.elapsed().as_secs_f64()),
    )
}

/// The I/O: a thread for each query. A thread that waits needs no core.
fn query_all() -> u64 {
    thread::scope(|scope| {
        let queries =
            (1..=QUERIES).map(|number| scope.spawn(move || query(number)));
        // Collected: all start before one is waited for.
        let queries: Vec<_> = queries.collect();
        queries.into_iter().map(|query| query.join().unwrap()).sum()
    })
}

fn query(number: u64) -> u64 {
    shared::waiting(format_args!("query {number}"));
    thread::sleep(QUERY_TIME);
    let orders = 10 * number;
    say(format_args!("[query-{number}] Received {orders} orders"));
    orders
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
