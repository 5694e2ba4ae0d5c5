//! Several processes with several threads each: a crash costs the work of one
//! process, and the threads inside a process share memory.
//!
//! - Run it: `cargo run -p hybrid`
//! - Look for: each process loads the price list once, for all of its threads.
//! - Python: `hybrid.py`

mod processes;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::{env, thread};

use anyhow::{Result, bail, ensure};
use processes::{Booked, share};

const ORDERS: usize = 12;
const PROCESSES: usize = 2;
const THREADS: usize = 3; // in each process

fn main() -> Result<()> {
    shared::tidy_output();
    // The workers are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("worker") => worker::serve(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// Starts the workers, and collects what they send. What has not arrived in the end
/// is lost.
fn parent() -> Result<()> {
    let amounts = Mutex::new(BTreeMap::new()); // sorted by order
    thread::scope(|scope| {
        for number in 1..=PROCESSES {
            let amounts = &amounts;
            scope.spawn(move || supervise(number, amounts));
        }
        shared::waiting("results");
    });

    let amounts = amounts.into_inner().unwrap();
    println!("Amounts: {:?}", amounts.values().collect::<Vec<_>>());
    println!("Total: {} euros", amounts.values().sum::<usize>());
    let lost: Vec<usize> = (1..=ORDERS)
        .filter(|order| !amounts.contains_key(order))
        .collect();
    ensure!(lost.is_empty(), "orders lost: {lost:?}");
    Ok(())
}

/// Runs one worker to its end, and says so if it fails.
fn supervise(number: usize, amounts: &Mutex<BTreeMap<usize, usize>>) {
    shared::lane(format_args!("process-{number}"));
    let orders = share(1..ORDERS + 1, PROCESSES, number);
    let ended = processes::run_self("worker", number, |booked| {
        let Booked {
            thread,
            order,
            amount,
        } = booked;
        ensure!(orders.contains(&order), "order {order} is not its own");
        println!(
            "[process-{number} thread-{thread}] Order {order}: {amount} euros"
        );
        amounts.lock().unwrap().insert(order, amount);
        Ok(())
    });
    if let Err(error) = ended {
        eprintln!("[process-{number}] {error:#}");
    }
}
