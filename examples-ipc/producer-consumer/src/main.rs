//! A producer and a consumer, each a process of its own, share a bounded queue.
//!
//! - Run it: `cargo run -p producer-consumer`
//! - Look for: the producer is soon four numbers ahead, and never more.
//! - Python: `producer_consumer.py`

mod connection;
mod queue;
#[cfg(test)]
mod tests;

use std::time::Duration;
use std::{env, thread};

use anyhow::{Result, bail, ensure};
use connection::Connection;
use rand::RngExt;

const NUMBERS: usize = 10;
const PRODUCE_TIME: Duration = Duration::from_millis(100);
const CONSUME_TIME: Duration = Duration::from_millis(200);

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this same program, started with a role as the argument.
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("producer") => producer(),
        Some("consumer") => consumer(),
        Some(other) => bail!("there is no role \"{other}\""),
    }
}

/// Makes the numbers. `send` returns when a number is in the queue.
fn producer() -> Result<()> {
    let mut queue = Connection::to_parent();
    for _ in 0..NUMBERS {
        let _span = shared::span("produce");
        thread::sleep(PRODUCE_TIME); // your work
        let number = rand::rng().random_range(1..=100);
        shared::waiting("room in the queue");
        queue.send(Some(number))?;
    }
    queue.send(None) // the sentinel: no more will come
}

/// Consumes the numbers. The next one comes when the last one is confirmed.
fn consumer() -> Result<()> {
    let mut queue = Connection::to_parent();
    shared::waiting("a number");
    while let Some(number) = queue.receive()? {
        let _span = shared::span(format_args!("consume {number}"));
        thread::sleep(CONSUME_TIME); // your work
        queue.confirm(Some(number))?;
    }
    queue.confirm(None)
}

/// Starts the children, keeps the queue between them, and says how they ended.
fn parent() -> Result<()> {
    let (mut producer, from_producer) = connection::spawn_self("producer")?;
    let (mut consumer, to_consumer) = connection::spawn_self("consumer")?;

    // The children's output is their connection, so the parent prints for them.
    let lost = queue::keep(
        from_producer,
        to_consumer,
        |number| println!("[producer] Produced: {number}"),
        |number| println!("[consumer] Consumed: {number}"),
    );

    // Both connections are closed now, so a child that is still alive ends soon.
    let producer_status = producer.wait()?;
    let consumer_status = consumer.wait()?;
    ensure!(
        producer_status.success() && consumer_status.success() && lost.is_empty(),
        "producer: {producer_status}, consumer: {consumer_status}, lost: {lost:?}"
    );
    println!("Both processes completed");
    Ok(())
}
