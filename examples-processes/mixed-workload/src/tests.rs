use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::{primes, processes};

/// Below powers of ten: the On-Line Encyclopedia of Integer Sequences, A006880.
#[test]
fn the_primes_are_counted() {
    for (below, expected) in
        [(0, 0), (2, 0), (3, 1), (10, 4), (100, 25), (10_000, 1_229)]
    {
        assert_eq!(primes::count(0..below), expected, "below {below}");
    }
    assert_eq!(primes::count(9..9), 0);
    assert_eq!(primes::count(7..8), 1);
}

#[test]
fn the_chunks_are_all_numbers_once() {
    let chunks: Vec<_> = (1..=primes::CHUNKS).map(primes::chunk).collect();
    assert_eq!(chunks[0].start, 0);
    assert_eq!(chunks.last().unwrap().end, primes::LIMIT);
    assert!(chunks.windows(2).all(|pair| pair[0].end == pair[1].start));
}

/// With more items than cores, and with fewer.
#[test]
fn results_are_in_order_and_never_more_at_once_than_cores() {
    let cores = thread::available_parallelism().unwrap().get();
    for length in [0, 1, 500] {
        let items: Vec<usize> = (0..length).collect();
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let results = processes::map(&items, |item| {
            most.fetch_max(
                now.fetch_add(1, Ordering::SeqCst) + 1,
                Ordering::SeqCst,
            );
            thread::yield_now(); // so that they do not end in their order
            now.fetch_sub(1, Ordering::SeqCst);
            item * 2
        });
        assert!(results.iter().copied().eq(items.iter().map(|item| item * 2)));
        assert!(most.into_inner() <= cores.min(length));
    }
}
