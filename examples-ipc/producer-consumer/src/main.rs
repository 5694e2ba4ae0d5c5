//! Two processes with a queue between them: one produces numbers, one consumes
//! them.
//!
//! - Run it: `cargo run -p producer-consumer`
//! - Look for: the producer is the faster one, until the queue holds three numbers.
//! - Python: `producer_consumer.py`

mod queue;
#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail};
use rand::RngExt;

const NUMBERS: usize = 10;
const PRODUCE_TIME: Duration = Duration::from_millis(100);
const CONSUME_TIME: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    shared::tidy_output();
    let role = env::args_os()
        .nth(1)
        .map(|role| role.to_string_lossy().into_owned());
    let result = match role.as_deref() {
        None => supervise(),
        Some("producer") => produce(),
        Some("consumer") => consume(),
        Some(other) => {
            eprintln!("expected no argument, not \"{other}\"");
            return ExitCode::from(2);
        }
    };
    result.map_or_else(
        |error| {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// The child that produces.
fn produce() -> Result<()> {
    for _ in 0..NUMBERS {
        let number = make_number();
        shared::waiting("space in the queue");
        queue::put(Some(number))?;
        eprintln!("Produced: {number}");
    }
    shared::waiting("space in the queue");
    queue::put(None) // the sentinel: no more will come
}

fn make_number() -> u32 {
    let _span = shared::span("produce");
    thread::sleep(PRODUCE_TIME);
    rand::rng().random_range(1..=100)
}

/// The child that consumes.
fn consume() -> Result<()> {
    loop {
        shared::waiting("a number");
        let Some(number) = queue::get()? else {
            return Ok(());
        };
        let _span = shared::span(format_args!("consume {number}"));
        thread::sleep(CONSUME_TIME);
        eprintln!("Consumed: {number}");
    }
}

/// The parent: starts both, keeps the queue between them, and says how it ended.
fn supervise() -> Result<()> {
    let mut producer = start("producer")?;
    let mut consumer = start("consumer")?;

    let lost = thread::scope(|scope| {
        for (actor, child) in
            [("producer", &mut producer), ("consumer", &mut consumer)]
        {
            let words = child.stderr.take().expect("it is piped");
            scope.spawn(move || relay(actor, words));
        }
        queue::keep(queue::pipes(&mut producer), queue::pipes(&mut consumer))
    });

    let (producer, consumer) = (producer.wait()?, consumer.wait()?);
    if !producer.success() || !consumer.success() || !lost.is_empty() {
        bail!("producer: {producer}, consumer: {consumer}, numbers lost: {lost:?}");
    }
    println!("Both processes completed");
    Ok(())
}

/// Starts this program again in the given role. Its standard input and output are
/// the way to the queue; what people should read goes through its standard error.
fn start(role: &str) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the {role}"))
}

/// Prints every line of a child's words behind its name.
fn relay(actor: &str, words: ChildStderr) {
    for line in BufReader::new(words).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("[{actor}] {line}");
    }
}
