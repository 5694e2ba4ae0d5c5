use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::queue::{self, Consumer, Panicked};

const PRODUCERS: usize = 8;
const CONSUMERS: usize = 8;
const ITEMS: usize = 500; // a producer
const CAPACITIES: [usize; 4] = [0, 1, 3, 64];

/// What a consumer does.
type Consume = fn(&Consumer<usize>, &Mutex<Fates>) -> Result<(), Panicked<usize>>;

/// What became of each item. An item that is added twice is there twice.
#[derive(Debug, Default)]
struct Fates(BTreeMap<usize, Vec<&'static str>>);

impl Fates {
    fn add(&mut self, item: usize, fate: &'static str) {
        self.0.entry(item).or_default().push(fate);
    }

    fn count(&self, fate: &str) -> usize {
        self.0.values().flatten().filter(|it| **it == fate).count()
    }
}

/// Lets many producers and consumers share a queue. Every consumer does what
/// `consumer` does. Fails when it hangs, or when an item has not exactly one fate.
fn share(capacity: usize, consumer: Consume) -> Fates {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(share_or_hang(capacity, consumer)));
    let fates = ended
        .recv_timeout(Duration::from_secs(60))
        .expect("it hangs");
    assert!(fates.0.keys().copied().eq(0..PRODUCERS * ITEMS));
    assert!(fates.0.values().all(|fates| fates.len() == 1), "{fates:?}");
    fates
}

fn share_or_hang(capacity: usize, consumer: Consume) -> Fates {
    let fates = Mutex::new(Fates::default());
    let (put, take, rest) = queue::queue(capacity);
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let (put, fates) = (put.clone(), &fates);
            scope.spawn(move || {
                let mut items = producer * ITEMS..(producer + 1) * ITEMS;
                if let Err(item) = items.try_for_each(|item| put.put(item, || ())) {
                    fates.lock().unwrap().add(item, "refused");
                }
                items.for_each(|item| fates.lock().unwrap().add(item, "kept"));
            });
        }
        drop(put);
        for _ in 0..CONSUMERS {
            let (take, fates) = (take.clone(), &fates);
            scope.spawn(move || {
                if let Err(panicked) = consumer(&take, fates) {
                    assert_eq!(panicked.message, format!("at {}", panicked.item));
                    fates.lock().unwrap().add(panicked.item, "in hand");
                }
            });
        }
        drop(take);
    });
    let mut fates = fates.into_inner().unwrap();
    rest.items()
        .into_iter()
        .for_each(|item| fates.add(item, "left"));
    fates
}

#[test]
fn every_item_is_consumed_exactly_once() {
    for capacity in CAPACITIES {
        let fates = share(capacity, |consumer, fates| {
            consumer.consume(|&item| fates.lock().unwrap().add(item, "consumed"))
        });
        assert_eq!(fates.count("consumed"), PRODUCERS * ITEMS);
    }
}

#[test]
fn a_consumer_that_panics_costs_the_item_in_its_hand() {
    const UNLUCKY: usize = PRODUCERS * ITEMS / 2;
    for capacity in CAPACITIES {
        let fates = share(capacity, |consumer, fates| {
            consumer.consume(|&item| {
                assert!(item != UNLUCKY, "at {item}");
                fates.lock().unwrap().add(item, "consumed");
            })
        });
        assert_eq!(fates.0[&UNLUCKY], ["in hand"]);
        assert_eq!(fates.count("consumed"), PRODUCERS * ITEMS - 1);
    }
}

#[test]
fn a_consumer_can_go_on_after_each_panic() {
    let fates = share(3, |consumer, fates| {
        while let Err(panicked) = consumer.consume(|&item| {
            assert!(item % 100 > 0, "at {item}");
            fates.lock().unwrap().add(item, "consumed");
        }) {
            fates.lock().unwrap().add(panicked.item, "in hand");
        }
        Ok(())
    });
    assert_eq!(fates.count("in hand"), PRODUCERS * ITEMS / 100);
    assert_eq!(fates.count("consumed"), PRODUCERS * ITEMS * 99 / 100);
}

#[test]
fn when_all_consumers_panic_the_producers_get_their_items_back() {
    for capacity in CAPACITIES {
        let fates = share(capacity, |consumer, fates| {
            let mut count = 0;
            consumer.consume(|&item| {
                count += 1;
                assert!(count < 10, "at {item}");
                fates.lock().unwrap().add(item, "consumed");
            })
        });
        assert_eq!(fates.count("consumed"), CONSUMERS * 9);
        assert_eq!(fates.count("in hand"), CONSUMERS);
        assert!(fates.count("left") <= capacity, "{fates:?}");
        assert_eq!(fates.count("refused"), PRODUCERS);
    }
}

#[test]
fn a_producer_that_panics_hangs_nobody() {
    let (put, take, rest) = queue::queue(3);
    let consumed = thread::scope(|scope| {
        let producer = scope.spawn(move || {
            put.put(1, || ()).unwrap();
            panic!("before the second");
        });
        let consumer = scope.spawn(move || {
            let mut consumed = Vec::new();
            take.consume(|&item| consumed.push(item)).unwrap();
            consumed
        });
        assert!(producer.join().is_err());
        consumer.join().unwrap()
    });
    assert_eq!((consumed, rest.items()), (vec![1], vec![]));
}

#[test]
fn a_full_queue_says_so_and_takes_the_item_when_there_is_room() {
    let (put, take, rest) = queue::queue(2);
    put.put(1, || panic!("there is room")).unwrap();
    put.put(2, || panic!("there is room")).unwrap();
    let (sender, no_room) = mpsc::channel();
    let producer = thread::spawn(move || put.put(3, || sender.send(()).unwrap()));
    // It goes on waiting after the first time.
    no_room.recv().unwrap();
    no_room.recv().unwrap();
    let mut consumed = Vec::new();
    take.consume(|&item| consumed.push(item)).unwrap();
    assert_eq!(producer.join().unwrap(), Ok(()));
    assert_eq!((consumed, rest.items()), (vec![1, 2, 3], vec![]));
}

#[test]
fn without_a_consumer_a_full_queue_gives_the_item_back() {
    let (put, take, rest) = queue::queue(2);
    drop(take);
    let mut accepted = Vec::new();
    let refused = (0..).find_map(|item| match put.put(item, || ()) {
        Ok(()) => {
            accepted.push(item);
            None
        }
        Err(item) => Some(item),
    });
    assert_eq!(refused, Some(accepted.len()));
    assert_eq!(rest.items(), accepted);
}
