//! Two producers and three consumers share one bounded queue.
//!
//! - Run it: `cargo run -p thread-queue`
//! - Look for: when the queue is full, the producers slow down to the consumers'
//!   pace.
//! - Python: `thread_queue.py`

#[cfg(test)]
mod tests;

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

/// How many items the queue holds. A producer with one more has to wait.
const CAPACITY: usize = 3;
const PRODUCERS: u32 = 2;
const CONSUMERS: u32 = 3;
const ITEMS_PER_PRODUCER: u32 = 6;

const PRODUCE_TIME: Duration = Duration::from_millis(10);
const CONSUME_TIME: Duration = Duration::from_millis(100);

fn main() {
    shared::tidy_output();
    let (sender, receiver) = bounded(CAPACITY);

    thread::scope(|scope| {
        // Every thread gets a clone of its end of the same queue.
        for number in 1..=PRODUCERS {
            let sender = sender.clone();
            scope.spawn(move || produce(number, &sender));
        }
        for number in 1..=CONSUMERS {
            let receiver = receiver.clone();
            scope.spawn(move || consume(number, &receiver));
        }
        // Drop the originals. The consumers stop when the last sender is gone, and
        // the one that main holds would keep them waiting forever.
        drop(sender);
        drop(receiver);
    });

    println!("All items consumed");
}

/// Puts its items into the queue and returns. No sentinel is needed.
fn produce(number: u32, queue: &Sender<u32>) {
    shared::lane(format_args!("producer-{number}"));
    let first = (number - 1) * ITEMS_PER_PRODUCER + 1;
    for count in first..first + ITEMS_PER_PRODUCER {
        let item = make_item(count);
        shared::waiting("room in the queue");
        if queue.send(item).is_err() {
            return; // every consumer is gone, so no thread will take the item
        }
        println!("[producer-{number}] Produced: {item}");
    }
}

fn make_item(count: u32) -> u32 {
    let _span = shared::span("produce");
    thread::sleep(PRODUCE_TIME); // your work
    count
}

/// Takes items until the queue is empty and every producer has returned.
fn consume(number: u32, queue: &Receiver<u32>) {
    shared::lane(format_args!("consumer-{number}"));
    shared::waiting("an item");
    for item in queue {
        work_on(number, item);
        shared::waiting("an item");
    }
}

fn work_on(number: u32, item: u32) {
    let _span = shared::span(format_args!("consume {item}"));
    thread::sleep(CONSUME_TIME); // your work
    println!("[consumer-{number}] Consumed: {item}");
}
