use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::{ITEMS_PER_PRODUCER, consume, produce};

const CAPACITIES: [usize; 4] = [0, 1, 3, 64];
const PRODUCERS: u32 = 20;
const CONSUMERS: u32 = 8;

/// Runs `work` on a thread, and fails if it panics or hangs.
fn must_end(work: impl FnOnce() + Send + 'static) {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        work();
        sender.send(()).unwrap();
    });
    ended
        .recv_timeout(Duration::from_secs(60))
        .expect("it returns");
}

#[test]
fn every_item_reaches_exactly_one_consumer() {
    for capacity in CAPACITIES {
        must_end(move || {
            let mut items = share(capacity);
            items.sort_unstable();
            assert!(items.into_iter().eq(1..=PRODUCERS * ITEMS_PER_PRODUCER));
        });
    }
}

/// Lets many producers and consumers share a queue, until it ends by itself.
fn share(capacity: usize) -> Vec<u32> {
    let (sender, receiver) = bounded(capacity);
    thread::scope(|scope| {
        for number in 1..=PRODUCERS {
            let sender = sender.clone();
            scope.spawn(move || produce(number, &sender));
        }
        drop(sender);
        let mut consumers = Vec::new();
        for _ in 1..=CONSUMERS {
            let receiver = &receiver;
            consumers.push(scope.spawn(|| receiver.iter().collect::<Vec<_>>()));
        }
        consumers
            .into_iter()
            .flat_map(|consumer| consumer.join().unwrap())
            .collect()
    })
}

/// While one sender is left, the consumer receives: with no room in the queue, a
/// send only succeeds when it does.
#[test]
fn a_consumer_returns_when_the_last_sender_is_dropped() {
    must_end(|| {
        let (first, receiver) = bounded(0);
        let second = first.clone();
        let consumer = thread::spawn(move || consume(1, &receiver));
        first.send(1).unwrap();
        drop(first);
        second.send(2).unwrap();
        drop(second);
        consumer.join().unwrap();
    });
}

#[test]
fn consumers_leave_nothing_in_the_queue() {
    must_end(|| {
        let (sender, receiver) = bounded(6);
        for item in 1..=6 {
            sender.send(item).unwrap();
        }
        drop(sender);
        thread::scope(|scope| {
            for number in 1..=3 {
                let receiver = &receiver;
                scope.spawn(move || consume(number, receiver));
            }
        });
        assert!(receiver.is_empty());
    });
}

/// Also when it waits for room at that very moment.
#[test]
fn a_producer_returns_when_the_last_consumer_is_gone() {
    must_end(|| {
        let (sender, receiver) = bounded(1);
        let producer = thread::spawn(move || produce(1, &sender));
        while !receiver.is_full() {
            thread::yield_now();
        }
        drop(receiver);
        producer.join().unwrap();
    });
}
