use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::buffer::BoundedBuffer;

const PRODUCERS: u32 = 4;
const CONSUMERS: u32 = 3;
const ITEMS: u32 = 300; // a producer

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
    for capacity in [1, 2, 64] {
        must_end(move || {
            let mut items = share(capacity);
            items.sort_unstable();
            assert!(items.into_iter().eq(0..PRODUCERS * ITEMS));
        });
    }
}

/// Lets many producers and consumers share a buffer. Each consumer takes a `None`.
fn share(capacity: usize) -> Vec<u32> {
    let buffer = BoundedBuffer::new(capacity);
    thread::scope(|scope| {
        let mut producers = Vec::new();
        for number in 0..PRODUCERS {
            let buffer = &buffer;
            producers.push(scope.spawn(move || {
                for item in number * ITEMS..(number + 1) * ITEMS {
                    buffer.put(Some(item));
                }
            }));
        }
        let mut consumers = Vec::new();
        for _ in 0..CONSUMERS {
            consumers.push(scope.spawn(|| {
                let mut items = Vec::new();
                while let Some(item) = buffer.take() {
                    items.push(item);
                }
                items
            }));
        }
        for producer in producers {
            producer.join().unwrap();
        }
        for _ in 0..CONSUMERS {
            buffer.put(None);
        }
        consumers
            .into_iter()
            .flat_map(|consumer| consumer.join().unwrap())
            .collect()
    })
}

/// A producer is never further ahead than there is room.
#[test]
fn a_full_buffer_makes_the_producer_wait() {
    must_end(|| {
        let buffer = BoundedBuffer::new(2);
        let produced = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                for item in 1..=ITEMS {
                    buffer.put(item);
                    produced.store(item, Ordering::SeqCst);
                }
            });
            for item in 1..=ITEMS {
                thread::yield_now();
                assert!(produced.load(Ordering::SeqCst) <= item + 1);
                assert_eq!(buffer.take(), item);
            }
        });
    });
}

/// Without a pause at the wrong moment, the broken one works.
#[test]
fn an_item_that_is_there_is_taken_at_once() {
    let buffer = BoundedBuffer::new(1);
    buffer.put(1);
    assert_eq!(buffer.take_with_two_locks(|| panic!("it is there")), 1);
}
