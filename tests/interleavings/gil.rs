//! gil: never two threads have it, and whoever blocks has released it.

#[path = "../../examples-sync/gil/src/gil.rs"]
pub mod lock;

// What the checks look at is no part of what the threads share.
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Barrier;
use std::thread::{Builder, scope, yield_now};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use lock::Gil;

fn case(case: &'static str) -> Check {
    check("gil", case).names(&["the numbers", "the call", "the barrier"])
}

/// Runs two threads.
fn two_threads(first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
    scope(|scope| {
        let thread = |name: &str| Builder::new().name(name.into());
        thread("thread-1").spawn_scoped(scope, first).unwrap();
        thread("thread-2").spawn_scoped(scope, second).unwrap();
    });
}

/// Each thread computes, and the first one computes again after each switch.
fn compute_with(first: &Gil, second: &Gil, switches: usize) -> Result<(), String> {
    let (computes, together) = (AtomicBool::new(false), AtomicBool::new(false));
    let compute = || {
        together
            .fetch_or(computes.swap(true, Ordering::Relaxed), Ordering::Relaxed);
        yield_now();
        computes.store(false, Ordering::Relaxed);
    };
    let compute_again = || {
        let mut python = first.acquire();
        compute();
        for _ in 0..switches {
            python = python.switch();
            compute();
        }
    };
    two_threads(compute_again, || {
        let _python = second.acquire();
        compute();
    });
    ensure(!together.into_inner(), || "Two threads compute at once.".into())
}

#[test]
fn one_thread_computes_at_a_time() {
    let case = case("two threads that compute");
    let found = every_schedule(case, || {
        let gil = Gil::default();
        compute_with(&gil, &gil, 1)
    });
    case.holds("never both at once", &found);
}

#[test]
fn two_gils_are_none() {
    let case = case("two threads with a GIL each");
    let found =
        every_schedule(case, || compute_with(&Gil::default(), &Gil::default(), 0));
    case.fails("Two threads compute at once.", &found);
}

#[test]
fn blocking_releases_it() {
    let case = case("two threads that wait for each other without the GIL");
    let found = every_schedule(case, || {
        let (gil, barrier) = (Gil::default(), Barrier::new(2));
        let meet = || {
            let wait = || {
                barrier.wait();
            };
            drop(gil.acquire().allow_threads(wait));
        };
        two_threads(meet, meet);
        Ok(())
    });
    case.holds("both get the GIL back", &found);
}

/// As a C extension that forgets to release it.
#[test]
fn blocking_under_it() {
    let case = case("two threads that wait for each other under the GIL");
    let found = every_schedule(case, || {
        let (gil, barrier) = (Gil::default(), Barrier::new(2));
        let meet = || {
            let _python = gil.acquire();
            barrier.wait();
        };
        two_threads(meet, meet);
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
