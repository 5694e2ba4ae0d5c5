//! Several producers and several consumers share one bounded queue between threads.
//!
//! Run it:    `cargo run -p thread-queue`
//! Look for:  three items fit; then the producers go at the consumers' pace.
//! Python:    `thread_queue.py`

mod queue;
#[cfg(test)]
mod tests;

use std::mem;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use queue::{Consumer, Producer};

const CAPACITY: usize = 3;
const PRODUCERS: u32 = 2;
const CONSUMERS: u32 = 3;
const ITEMS: u32 = 6; // a producer
const PRODUCE_TIME: Duration = Duration::from_millis(10);
const CONSUME_TIME: Duration = Duration::from_millis(100);

fn main() {
    shared::tidy_output();
    let (producer, consumer, rest) = queue::queue(CAPACITY);
    let (stuck, all_stuck) = mpsc::channel();

    let mut items = thread::scope(|scope| {
        for number in 1..=PRODUCERS {
            let (queue, stuck) = (producer.clone(), stuck.clone());
            thread::Builder::new()
                .name(format!("producer-{number}"))
                .spawn_scoped(scope, move || produce(number, &queue, &stuck))
                .expect("the system can start a thread");
        }
        drop(producer); // or the consumers would wait for what it may put
        drop(stuck);

        // Nobody consumes before every producer has found the queue full.
        shared::waiting("producers without room");
        all_stuck.iter().take(PRODUCERS as usize).for_each(drop);
        let start = |number| {
            let queue = consumer.clone();
            thread::Builder::new()
                .name(format!("consumer-{number}"))
                .spawn_scoped(scope, move || consume(&queue))
                .expect("the system can start a thread")
        };
        let consumers: Vec<_> = (1..=CONSUMERS).map(start).collect();
        drop(consumer); // or the producers would wait for it when no other is left
        shared::waiting("all threads");
        let results = consumers.into_iter().map(|thread| thread.join().unwrap());
        results.collect::<Vec<_>>().concat()
    });

    items.sort_unstable();
    let once = items.iter().copied().eq(1..=PRODUCERS * ITEMS);
    println!("Items: {}, each consumed once: {once}", items.len());
    println!("Left in the queue: {}", rest.items().len());
}

/// Puts its items into the queue, and then just ends: no sentinel.
fn produce(number: u32, queue: &Producer<u32>, stuck: &Sender<()>) {
    let mut patient = true;
    let mut no_room = || {
        // Only the first time: how often more depends on the machine.
        if mem::take(&mut patient) {
            say(&format!("No room for {} ms", queue::PATIENCE.as_millis()));
            stuck.send(()).expect("main waits for it");
        }
    };
    for item in (number - 1) * ITEMS + 1..=number * ITEMS {
        make();
        shared::waiting("room in the queue");
        if let Err(item) = queue.put(item, &mut no_room) {
            say(&format!("Nobody wants {item}"));
            return;
        }
        say(&format!("Produced: {item}"));
    }
}

/// Makes an item.
fn make() {
    let _span = shared::span("produce");
    thread::sleep(PRODUCE_TIME);
}

/// Consumes until no more will come. A panic costs it one item, not the others.
fn consume(queue: &Consumer<u32>) -> Vec<u32> {
    let mut consumed = Vec::new();
    shared::waiting("an item");
    while let Err(panicked) = queue.consume(|&item| {
        work(item);
        consumed.push(item);
        shared::waiting("an item");
    }) {
        say(&format!(
            "Panicked at {}: {}",
            panicked.item, panicked.message
        ));
    }
    consumed
}

fn work(item: u32) {
    let _span = shared::span(format_args!("consume {item}"));
    thread::sleep(CONSUME_TIME);
    say(&format!("Consumed: {item}"));
}

fn say(words: &str) {
    println!(
        "[{}] {words}",
        thread::current().name().unwrap_or("unnamed")
    );
}
