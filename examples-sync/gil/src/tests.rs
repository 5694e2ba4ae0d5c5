use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::gil::Gil;

const THREADS: usize = 4;
const SWITCHES: usize = 500; // a thread

/// Fails if two threads have the GIL at once, or if it cannot be had any more.
fn works(gil: &Gil) {
    let held = AtomicBool::new(false);
    let compute = || {
        assert!(!held.swap(true, Ordering::Relaxed), "two threads have the GIL");
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
