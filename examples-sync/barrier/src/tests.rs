use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::breakable::{BrokenBarrierError, breakable_barrier};

const THREADS: usize = 5;
const PHASES: usize = 300;

/// Runs `work` on a thread, and fails if it panics or hangs.
fn must_end(work: impl FnOnce() + Send + 'static) {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        work();
        sender.send(()).unwrap();
    });
    ended
        .recv_timeout(Duration::from_secs(60))
        .expect("it returns");
}

#[test]
fn all_pass_each_phase_together() {
    must_end(|| {
        let arrived = AtomicUsize::new(0);
        thread::scope(|scope| {
            for place in breakable_barrier(THREADS) {
                let arrived = &arrived;
                scope.spawn(move || {
                    for phase in 1..=PHASES {
                        arrived.fetch_add(1, Ordering::SeqCst);
                        assert_eq!(place.wait(), Ok(()));
                        let there = arrived.load(Ordering::SeqCst);
                        // The others may be at the next barrier, but not behind it.
                        let all = phase * THREADS;
                        assert!((all..all + THREADS).contains(&there));
                    }
                });
            }
        });
    });
}

/// Each thread leaves after a number of phases of its own: all others pass as often
/// as the first of them, and then get an error, now and ever after.
#[test]
fn the_first_to_leave_breaks_it_for_all() {
    must_end(|| {
        thread::scope(|scope| {
            for (number, place) in
                breakable_barrier(THREADS).into_iter().enumerate()
            {
                scope.spawn(move || {
                    let mut passed = 0;
                    while passed < PHASES + number && place.wait().is_ok() {
                        passed += 1;
                    }
                    assert_eq!(passed, PHASES);
                    if number > 0 {
                        assert_eq!(place.wait(), Err(BrokenBarrierError));
                    }
                });
            }
        });
    });
}

#[test]
fn a_single_thread_never_waits() {
    let place = breakable_barrier(1).pop().unwrap();
    for _ in 0..3 {
        assert_eq!(place.wait(), Ok(()));
    }
}
