use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::semaphore::Semaphore;

const THREADS: usize = 8;
const JOBS: usize = 300; // a thread

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

/// Also if every third job panics.
#[test]
fn never_more_jobs_at_once_than_permits_and_all_come_back() {
    for permits in [1, 3, THREADS + 1] {
        must_end(move || {
            let semaphore = Semaphore::new(permits);
            let running = AtomicUsize::new(0);
            let most = AtomicUsize::new(0);
            let job = |number| {
                let _permit = semaphore.acquire();
                let at_once = running.fetch_add(1, Ordering::Relaxed) + 1;
                most.fetch_max(at_once, Ordering::Relaxed);
                thread::yield_now();
                running.fetch_sub(1, Ordering::Relaxed);
                if number % 3 == 0 {
                    resume_unwind(Box::new("a bad job"));
                }
            };
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        for number in 0..JOBS {
                            let ended = AssertUnwindSafe(|| job(number));
                            assert_eq!(
                                catch_unwind(ended).is_err(),
                                number % 3 == 0
                            );
                        }
                    });
                }
            });
            assert!((1..=permits).contains(&most.into_inner()));
            assert_eq!(semaphore.available(), permits);
        });
    }
}

/// The permit moves to the thread that needs it: main waits before it starts one.
#[test]
fn a_permit_can_be_taken_here_and_given_back_there() {
    must_end(|| {
        let semaphore = Semaphore::new(1);
        thread::scope(|scope| {
            for _ in 0..JOBS {
                let permit = semaphore.acquire();
                scope.spawn(move || {
                    thread::yield_now();
                    drop(permit);
                });
            }
        });
        assert_eq!(semaphore.available(), 1);
    });
}

/// Each of the threads that wait gets its turn, also if a panic makes room for it.
#[test]
fn those_that_wait_are_woken() {
    must_end(|| {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.acquire();
        thread::scope(|scope| {
            let mut threads = Vec::new();
            for _ in 0..THREADS {
                threads.push(scope.spawn(|| {
                    let _permit = semaphore.acquire();
                    resume_unwind(Box::new("a bad job"));
                }));
            }
            drop(permit);
            for thread in threads {
                assert!(thread.join().map(|()| unreachable!()).is_err());
            }
        });
        assert_eq!(semaphore.available(), 1);
    });
}
