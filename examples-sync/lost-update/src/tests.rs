use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::counter::Counter;
use crate::{THREADS, add_on_threads};

#[test]
fn in_two_steps_an_update_is_lost_every_time() {
    let all_have_read = Barrier::new(THREADS);
    for _ in 0..1_000 {
        let add = |counter: &Counter| {
            counter.add_in_two_steps(|| {
                all_have_read.wait();
            })
        };
        assert_eq!(add_on_threads(add), (vec![1, 1], 1));
    }
}

#[test]
fn in_one_step_no_thread_gets_in_between_and_nothing_is_lost() {
    for _ in 0..1_000 {
        let between = AtomicBool::new(false);
        let add = |counter: &Counter| {
            counter.add_in_one_step(|| {
                let other = between.swap(true, Ordering::Relaxed);
                assert!(!other, "another thread is between reading and writing");
                thread::yield_now();
                between.store(false, Ordering::Relaxed);
            })
        };
        assert_eq!(add_on_threads(add), (vec![1, 2], 2));
    }
}
