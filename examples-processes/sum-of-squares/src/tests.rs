use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::{FIRST, parse, processes, sum_of_squares};

/// The sum of the squares below n is (n - 1) n (2n - 1) / 6.
#[test]
fn the_sums_are_those_of_the_formula() {
    let formula = |n: u128| n.saturating_sub(1) * n * (2 * n).saturating_sub(1) / 6;
    let first = u64::from(FIRST);
    for n in (0..20).chain([4_095, 65_537, first, first + 7]) {
        assert_eq!(sum_of_squares(n), formula(n.into()), "below {n}");
    }
    assert_eq!(formula(10_000_000), 333_333_283_333_335_000_000);
    assert!(formula(first.into()) > u64::MAX.into());
}

#[test]
fn work_runs_together_up_to_the_limit_and_results_keep_their_order() {
    const AT_ONCE: usize = 3;
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // The first item waits for the second: they must run together, and the second
    // is done first.
    let (done, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let items: Vec<usize> = (0..50).collect();
    let results = processes::map(&items, AT_ONCE, |&item| {
        most.fetch_max(
            running.fetch_add(1, Ordering::SeqCst) + 1,
            Ordering::SeqCst,
        );
        match item {
            0 => wait.lock().unwrap().recv().unwrap(),
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

#[test]
fn an_argument_is_a_number_or_named_in_the_error() {
    let parsed = |args: &[&str]| {
        parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(parsed(&[]), Ok(FIRST));
    assert_eq!(parsed(&["0"]), Ok(0));
    assert_eq!(parsed(&["4294967295"]), Ok(u32::MAX));
    for wrong in ["-1", "1.5", "ten", "", "4294967296"] {
        assert!(
            parsed(&[wrong])
                .unwrap_err()
                .contains(&format!("\"{wrong}\""))
        );
    }
    assert!(parsed(&["1", "2"]).unwrap_err().contains("\"2\""));
}
