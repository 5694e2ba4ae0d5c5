use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::{FIRST, processes, sum_of_squares};

/// The sum of the squares below n is (n - 1) n (2n - 1) / 6.
fn formula(n: u64) -> u128 {
    let n = u128::from(n);
    n.saturating_sub(1) * n * (2 * n).saturating_sub(1) / 6
}

#[test]
fn the_sums_are_those_of_the_formula() {
    assert_eq!(formula(10_000_000), 333_333_283_333_335_000_000);
    assert!(formula(FIRST) > u64::MAX.into());
    for n in (0..20).chain([4_095, 65_537, FIRST, FIRST + 7]) {
        assert_eq!(sum_of_squares(n), formula(n), "below {n}");
    }
}

#[test]
fn work_runs_together_up_to_the_limit_and_results_keep_their_order() {
    const AT_ONCE: usize = 3;
    let running = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    // The first item waits for the second: they must run together, and the second
    // is done first.
    let (done, second_is_done) = mpsc::channel();
    let second_is_done = Mutex::new(second_is_done);
    let items: Vec<usize> = (0..50).collect();
    let results = processes::map(&items, AT_ONCE, |&item| {
        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        match item {
            0 => second_is_done.lock().unwrap().recv().unwrap(),
            1 => done.send(()).unwrap(),
            _ => thread::yield_now(),
        }
        running.fetch_sub(1, Ordering::SeqCst);
        item
    });
    assert_eq!(results, items);
    assert!((2..=AT_ONCE).contains(&most.into_inner()));
    assert!(processes::map(&[], AT_ONCE, |&item: &usize| item).is_empty());
}
