use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::gil::Gil;

const THREADS: usize = 4;
const SWITCHES: usize = 500; // a thread

/// Fails if two threads have the GIL at once, or if it cannot be had any more.
fn works(gil: &Gil) {
    let held = AtomicBool::new(false);
    let compute = || {
        assert!(
            !held.swap(true, Ordering::Relaxed),
            "two threads have the GIL"
        );
        thread::yield_now();
        held.store(false, Ordering::Relaxed);
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut python = gil.acquire();
                for number in 0..SWITCHES {
                    compute();
                    python = if number % 2 == 0 {
                        python.switch()
                    } else {
                        python.allow_threads(thread::yield_now)
                    };
                }
                compute();
            });
        }
    });
}

#[test]
fn one_thread_at_a_time() {
    works(&Gil::default());
}

/// Once both take part, none gets it twice in a row, however busy the machine is.
#[test]
fn it_goes_round() {
    let gil = Gil::default();
    let turns = Mutex::new(Vec::new());
    let start = Barrier::new(2);
    let take_turns = |number| {
        start.wait();
        let mut python = gil.acquire();
        for _ in 0..100 {
            turns.lock().unwrap().push(number);
            // Long enough that the system may prefer the other, when it wakes it.
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_millis(1) {}
            python = python.switch();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| take_turns(1));
        take_turns(2);
    });
    let turns = turns.into_inner().unwrap();
    let first = |number| turns.iter().position(|turn| *turn == number).unwrap();
    let last = |number| turns.iter().rposition(|turn| *turn == number).unwrap();
    let both = &turns[first(1).max(first(2))..=last(1).min(last(2))];
    assert!(both.windows(2).all(|two| two[0] != two[1]), "{both:?}");
}

/// A panic under the GIL ends the turn, one without it ends none.
#[test]
fn a_panic_leaves_it_as_it_should_be() {
    let gil = Gil::default();
    let panics = |work: &(dyn Fn() + Sync)| {
        let ended = thread::scope(|scope| scope.spawn(work).join());
        assert!(ended.is_err());
    };
    panics(&|| {
        let _python = gil.acquire();
        panic!("under the GIL");
    });
    works(&gil);
    panics(&|| drop(gil.acquire().allow_threads(|| panic!("without the GIL"))));
    works(&gil);
}

/// It is had by somebody else while a thread blocks.
#[test]
fn blocking_releases_it() {
    let (sender, had) = mpsc::channel();
    // Not in a scope: a GIL that is not released would hang the test.
    thread::spawn(move || {
        let gil = Gil::default();
        drop(gil.acquire().allow_threads(|| drop(gil.acquire())));
        sender.send(()).unwrap();
    });
    let deadline = Duration::from_secs(60);
    assert!(had.recv_timeout(deadline).is_ok(), "it was not released");
}
