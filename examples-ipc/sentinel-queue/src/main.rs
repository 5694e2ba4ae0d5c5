//! A queue from a parent to child processes: a sentinel says that it is all there.
//!
//! - Run it: `cargo run -p sentinel-queue`
//! - Look for: who is done, and who got no sentinel.
//! - Python: `sentinel_queue.py`

mod children;
mod queue;
#[cfg(test)]
mod tests;

use std::io::{self, BufReader, Write};
use std::iter::repeat_n;
use std::ops::Range;
use std::process::{self, ExitCode};
use std::sync::mpsc::SyncSender;
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result};

use children::say;
use queue::Item;

const NUMBERS: Range<u32> = 0..5;
const CONSUME_TIME: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    shared::tidy_output();
    let role = env::args_os()
        .nth(1)
        .map(|role| role.to_string_lossy().into_owned());
    let result = match role.as_deref() {
        None => show(),
        Some("producer") => produce_and_die(),
        Some(role) if role.starts_with("consumer-") => consume(),
        Some(other) => {
            eprintln!("expected no argument, not \"{other}\"");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = result {
        let _ = writeln!(io::stderr(), "{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The parent.
fn show() -> Result<()> {
    say("One consumer, one sentinel:")?;
    children::share(1, 1, |queue| Ok(put_numbers(queue, 1)))?;

    say("Three consumers, three sentinels:")?;
    children::share(3, 3, |queue| Ok(put_numbers(queue, 3)))?;

    say("Three consumers, two sentinels:")?;
    children::share(3, 2, |queue| Ok(put_numbers(queue, 2)))?;

    say("One consumer, and a producer that dies:")?;
    children::share(1, 0, pass_on)
}

/// Puts all numbers into the queue, and then the sentinels. Returns the numbers,
/// also when no consumer is left to take them.
fn put_numbers(queue: &SyncSender<Item>, sentinels: usize) -> Vec<u32> {
    for item in NUMBERS.map(Some).chain(repeat_n(None, sentinels)) {
        shared::waiting("room in the queue");
        if queue.send(item).is_err() {
            break;
        }
    }
    NUMBERS.collect()
}

/// Puts into the queue what a child produces, and its sentinel, if it sends one.
fn pass_on(queue: &SyncSender<Item>) -> Result<Vec<u32>> {
    let mut producer = children::start("producer")?;
    let mut lines = BufReader::new(producer.stdout.take().expect("it is piped"));
    let mut numbers = Vec::new();
    shared::waiting("the producer");
    while let Ok(Some(line)) = queue::next_line(&mut lines) {
        let Some(item) = queue::item(&line) else {
            break;
        };
        numbers.extend(item);
        if queue.send(item).is_err() {
            break;
        }
    }
    drop(lines);
    let status = producer.wait().context("cannot wait for the producer")?;
    say(format_args!("[producer] Ended with {status}"))?;
    Ok(numbers)
}

/// A child: it produces a part of the numbers and dies before its sentinel.
fn produce_and_die() -> Result<()> {
    for number in NUMBERS.take(2) {
        let _span = shared::span("produce");
        writeln!(io::stdout(), "{number}").context("cannot produce")?;
    }
    process::exit(3)
}

/// A child: consumes until its sentinel comes.
fn consume() -> Result<()> {
    shared::waiting("an item");
    while let Some(number) = queue::get()? {
        work(number);
        shared::waiting("an item");
    }
    writeln!(io::stderr(), "Done").context("cannot say so")
}

fn work(number: u32) {
    let _span = shared::span(format_args!("item {number}"));
    thread::sleep(CONSUME_TIME);
    let _ = writeln!(io::stderr(), "Received: {number}");
}
