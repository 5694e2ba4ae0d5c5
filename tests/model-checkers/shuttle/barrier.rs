//! barrier: no thread is a phase ahead, and if one is gone, no other waits for it.

#[path = "../../../examples-sync/barrier/src/breakable.rs"]
pub mod breakable;

// What the checks look at is no part of what the threads share.
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::thread::{Builder, scope};

use story::{Check, DEADLOCK, check};

use crate::{ensure, every_schedule};
use breakable::{BrokenBarrierError, Participant, breakable_barrier};

fn case(case: &'static str) -> Check {
    check("barrier", case).names(&["the barrier", "the others"])
}

/// Runs two threads.
fn two_threads<T: Send, U: Send>(
    first: impl FnOnce() -> T + Send,
    second: impl FnOnce() -> U + Send,
) -> (T, U) {
    scope(|scope| {
        let thread = |name: &str| Builder::new().name(name.into());
        let first = thread("thread-1").spawn_scoped(scope, first).unwrap();
        let second = thread("thread-2").spawn_scoped(scope, second).unwrap();
        (first.join().unwrap(), second.join().unwrap())
    })
}

fn two_places() -> (Participant, Participant) {
    let mut places = breakable_barrier(2).into_iter();
    (places.next().unwrap(), places.next().unwrap())
}

#[test]
fn no_thread_is_a_phase_ahead() {
    let case = case("two threads and two phases");
    let found = every_schedule(case, || {
        let (place_1, place_2) = two_places();
        let arrived = AtomicUsize::new(0);
        // Returns how many had come to each of the two barriers when it passed.
        let pass = |place: &Participant| {
            [(), ()].map(|()| {
                arrived.fetch_add(1, Ordering::Relaxed);
                place.wait().unwrap();
                arrived.load(Ordering::Relaxed)
            })
        };
        let (seen_1, seen_2) = two_threads(|| pass(&place_1), || pass(&place_2));
        for seen in [seen_1, seen_2] {
            ensure(seen[0] >= 2 && seen[1] == 4, || format!("{seen:?}"))?;
        }
        Ok(())
    });
    case.holds("both pass together", &found);
}

/// The second thread passes once, and is gone when the first one comes again.
#[test]
fn one_is_gone_after_a_phase() {
    let case = case("a thread that is gone in the second phase");
    let found = every_schedule(case, || {
        let (place_1, place_2) = two_places();
        let (first, second) = two_threads(
            || [place_1.wait(), place_1.wait()],
            move || place_2.wait(), // and drops it
        );
        let right = first == [Ok(()), Err(BrokenBarrierError)] && second == Ok(());
        ensure(right, || format!("{first:?}, {second:?}"))
    });
    case.holds("the other passes once, and then gets an error", &found);
}

#[test]
fn one_is_gone_at_a_breakable_barrier() {
    let case = case("a breakable barrier that one thread never reaches");
    let found = every_schedule(case, || {
        let (place_1, place_2) = two_places();
        let (first, ()) =
            two_threads(|| [place_1.wait(), place_1.wait()], move || drop(place_2));
        let right = first == [Err(BrokenBarrierError), Err(BrokenBarrierError)];
        ensure(right, || format!("{first:?}"))
    });
    case.holds("the other gets an error each time", &found);
}

/// Three threads, so that there is something to choose: two come, one does not.
#[test]
fn one_is_gone_at_stds_barrier() {
    let case =
        case("a barrier that one thread never reaches").names(&["the barrier"]);
    let found = every_schedule(case, || {
        let barrier = Barrier::new(3);
        two_threads(|| barrier.wait(), || barrier.wait());
        Ok(())
    });
    case.fails(DEADLOCK, &found);
}
