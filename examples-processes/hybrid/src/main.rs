//! Several processes, each with several threads: a crash costs one process its
//! share, and the threads inside share memory.
//!
//! - Run it: `cargo run -p hybrid`
//! - Look for: each process loads the price list once, for all of its threads.
//! - Python: `hybrid.py`

mod processes;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::process::ExitCode;
use std::{env, thread};

use anyhow::{Context, Result, ensure};

use processes::shares;

const ORDERS: usize = 12;
const PROCESSES: usize = 2;
const THREADS: usize = 3; // in each process
/// With none, nobody would miss the orders.
const _: () = assert!(PROCESSES > 0 && THREADS > 0);

fn main() -> ExitCode {
    shared::tidy_output();
    let args = env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned());
    let result = match &args.collect::<Vec<_>>()[..] {
        [] => supervise(),
        [name, first, end] if name.starts_with("process-") => {
            worker::serve(first, end)
        }
        [other, ..] => {
            eprintln!("expected no argument, not \"{other}\"");
            return ExitCode::from(2);
        }
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let _ = writeln!(io::stderr(), "{error:#}");
    ExitCode::FAILURE
}

/// The parent: a share of the orders for each process.
fn supervise() -> Result<()> {
    let mut amounts = BTreeMap::new(); // by order, so they are in order
    let mut failed = Vec::new();
    thread::scope(|scope| {
        let start = |(number, share)| scope.spawn(move || run_share(number, share));
        let processes = (1..).zip(shares(1..ORDERS + 1, PROCESSES)).map(start);
        shared::waiting("results");
        // Collected: all start before one is waited for.
        let processes: Vec<_> = processes.collect();
        for process in processes {
            let (results, failure) = process.join().unwrap();
            amounts.extend(results);
            failed.extend(failure);
        }
    });
    say(format_args!(
        "Amounts: {:?}",
        amounts.values().collect::<Vec<_>>()
    ))?;
    say(format_args!(
        "Total: {} euros",
        amounts.values().sum::<usize>()
    ))?;
    ensure!(failed.is_empty(), failed.join("\n"));
    Ok(())
}

/// Runs a process with its share. Returns the amounts that it sent before it ended,
/// however that was, and what is lost.
fn run_share(
    number: usize,
    share: Range<usize>,
) -> (BTreeMap<usize, usize>, Option<String>) {
    let mut amounts = BTreeMap::new();
    let name = format!("process-{number}");
    let args = [
        name.as_str(),
        &share.start.to_string(),
        &share.end.to_string(),
    ];
    let ended = processes::run_again(args, |line| {
        let (thread, order, amount) = processes::result(line)
            .filter(|(_, order, _)| share.contains(order))
            .with_context(|| format!("{line:?} is no result of its share"))?;
        amounts.insert(order, amount);
        say(format_args!(
            "[{name} {thread}] Order {order}: {amount} euros"
        ))
    });
    let lost: Vec<usize> =
        share.filter(|order| !amounts.contains_key(order)).collect();
    let failure = match ended {
        Ok(()) if lost.is_empty() => None,
        Ok(()) => Some(format!("{name}: orders lost: {lost:?}")),
        Err(error) => Some(format!("{name}: {error:#}, orders lost: {lost:?}")),
    };
    (amounts, failure)
}

/// Prints a line. Goes on when nobody reads it (`| head -1`).
fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
