//! semaphore: never more jobs at once than permits, and none of them is lost.

#[path = "../../../examples-sync/semaphore/src/semaphore.rs"]
pub mod pattern;

// What the checks look at is no part of what the threads share.
use core::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, scope, yield_now};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use pattern::Semaphore;

fn case(case: &'static str) -> Check {
    check("semaphore", case).names(&["the count", "a permit"])
}

/// Runs so many jobs at the same time.
fn jobs(names: &[&str], job: impl Fn() + Copy + Send) {
    scope(|scope| {
        for name in names {
            let thread = Builder::new().name((*name).into());
            thread.spawn_scoped(scope, job).unwrap();
        }
    });
}

#[test]
fn one_permit() {
    let case = case("two jobs and one permit");
    let found = every_schedule(case, || {
        let semaphore = Semaphore::new(1);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        jobs(&["job-1", "job-2"], || {
            let _permit = semaphore.acquire();
            let at_once = running.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(at_once, Ordering::Relaxed);
            yield_now();
            running.fetch_sub(1, Ordering::Relaxed);
        });
        let (most, back) = (most.into_inner(), semaphore.available());
        ensure(most == 1 && back == 1, || {
            format!("{most} jobs at once, and {back} permits are back.")
        })
    });
    case.holds("one at a time, and the permit is back", &found);
}

/// Ends before it is done, as a panic does: the checker cannot unwind a thread.
fn fail() -> Result<(), ()> {
    Err(())
}

fn guarded(semaphore: &Semaphore) -> Result<(), ()> {
    let _permit = semaphore.acquire();
    fail()
}

fn by_hand(semaphore: &Semaphore) -> Result<(), ()> {
    semaphore.take();
    fail()?;
    semaphore.release();
    Ok(())
}

#[test]
fn a_guard_gives_the_permit_back() {
    let case = case("two jobs that fail with a guard");
    let found = every_schedule(case, || {
        let semaphore = Semaphore::new(1);
        jobs(&["job-1", "job-2"], || guarded(&semaphore).unwrap_err());
        let back = semaphore.available();
        ensure(back == 1, || format!("{back} permits are back."))
    });
    case.holds("the permit is back", &found);
}

#[test]
fn by_hand_the_permit_is_lost() {
    let case = case("two jobs that fail before the release");
    let found = every_schedule(case, || {
        let semaphore = Semaphore::new(1);
        jobs(&["job-1", "job-2"], || by_hand(&semaphore).unwrap_err());
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
