//! locked-counter: no increment is lost, neither with the lock nor with the atomic.

#[path = "../../../examples-sync/locked-counter/src/counter.rs"]
pub mod counter;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, scope};

use story::{Check, check};

use crate::{ensure, every_schedule};
use counter::{AtomicCounter, LockedCounter};

fn case(case: &'static str) -> Check {
    check("locked-counter", case).names(&["the counter"])
}

/// Two threads increment, so many times each.
pub(crate) fn count(
    times: usize,
    increment: impl Fn() + Sync,
    value: impl Fn() -> u64,
) -> Result<(), String> {
    scope(|scope| {
        for name in ["thread-1", "thread-2"] {
            let work = || (0..times).for_each(|_| increment());
            Builder::new()
                .name(name.into())
                .spawn_scoped(scope, work)
                .unwrap();
        }
    });
    let (value, expected) = (value(), 2 * times as u64);
    ensure(value == expected, || {
        format!("The counter is {value}, not {expected}.")
    })
}

#[test]
fn locked() {
    let case = case("four increments with a lock");
    let found = every_schedule(case, || {
        let counter = LockedCounter::default();
        count(2, || counter.increment(), || counter.value())
    });
    case.holds("the counter is 4", &found);
}

#[test]
fn atomic() {
    let case = case("four increments of an atomic");
    let found = every_schedule(case, || {
        let counter = AtomicCounter::default();
        count(2, || counter.increment(), || counter.value())
    });
    case.holds("the counter is 4", &found);
}

/// An atomic that is read and then written: each is atomic, both together are not.
#[test]
fn load_and_store() {
    let case = case("two increments by load and store");
    let found = every_schedule(case, || {
        let counter = AtomicU64::new(0);
        let load = || counter.load(Ordering::SeqCst);
        count(1, || counter.store(load() + 1, Ordering::SeqCst), load)
    });
    case.fails("The counter is 1, not 2.", &found);
}
