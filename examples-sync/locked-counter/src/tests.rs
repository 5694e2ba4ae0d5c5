use std::thread;

use crate::counter::{AtomicCounter, LockedCounter};

const THREADS: u64 = 8;
const INCREMENTS: u64 = 10_000; // a thread

#[test]
fn no_increment_is_lost() {
    let (locked, atomic) = (LockedCounter::default(), AtomicCounter::default());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..INCREMENTS {
                    locked.increment();
                    atomic.increment();
                }
            });
        }
    });
    let all = THREADS * INCREMENTS;
    assert_eq!((locked.value(), atomic.value()), (all, all));
}
