//! gil: never two threads have it, and whoever blocks has released it.

#[path = "../../../examples-sync/gil/src/gil.rs"]
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

/// Computes, and notes if another thread does so at the same time.
#[derive(Default)]
struct Computation {
    under_way: AtomicBool,
    together: AtomicBool,
}

impl Computation {
    /// `pause` is where others may come in.
    fn compute(&self, pause: impl Fn()) {
        let other = self.under_way.swap(true, Ordering::Relaxed);
        self.together.fetch_or(other, Ordering::Relaxed);
        pause();
        self.under_way.store(false, Ordering::Relaxed);
    }

    fn never_together(self) -> Result<(), String> {
        let together = self.together.into_inner();
        ensure(!together, || "Two threads compute at once.".into())
    }
}

#[test]
fn one_thread_computes_at_a_time() {
    let case = case("two threads that compute");
    let found = every_schedule(case, || {
        let (gil, computation) = (Gil::default(), Computation::default());
        let compute_twice = || {
            let python = gil.acquire();
            computation.compute(yield_now);
            let _python = python.switch();
            computation.compute(yield_now);
        };
        two_threads(compute_twice, || {
            let _python = gil.acquire();
            computation.compute(yield_now);
        });
        computation.never_together()
    });
    case.holds("never both at once", &found);
}

/// Whoever is called has to be woken, and whoever is woken need not be called.
#[test]
fn two_wait_and_one_is_called() {
    let case = case("two threads that wait for a third");
    let found = every_schedule(case, || {
        let (gil, computation) = (Gil::default(), Computation::default());
        scope(|scope| {
            let python = gil.acquire();
            let compute = |pause: fn()| {
                let _python = gil.acquire();
                computation.compute(pause);
            };
            // If one pauses, that is enough, and there are fewer schedules.
            for (name, pause) in
                [("thread-1", yield_now as fn()), ("thread-2", || ())]
            {
                let thread = Builder::new().name(name.into());
                thread.spawn_scoped(scope, move || compute(pause)).unwrap();
            }
            drop(python);
        });
        computation.never_together()
    });
    case.holds("one after the other gets the GIL", &found);
}

#[test]
fn two_gils_are_none() {
    let case = check("gil", "two threads with a GIL each").names(&[
        "the numbers of GIL 1",
        "the call of GIL 1",
        "the numbers of GIL 2",
        "the call of GIL 2",
    ]);
    let found = every_schedule(case, || {
        // Made here, since their names go by the order in which they are made.
        let (gil_1, gil_2) = (Gil::default(), Gil::default());
        let computation = Computation::default();
        let compute = |gil: &Gil| {
            let _python = gil.acquire();
            computation.compute(yield_now);
        };
        two_threads(|| compute(&gil_1), || compute(&gil_2));
        computation.never_together()
    });
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
