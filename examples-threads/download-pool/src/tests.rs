use std::panic;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use threadpool::ThreadPool;

use crate::pool::{as_completed, in_order};

/// The results with their errors as texts, which can be compared.
fn texts<R>(results: Vec<Result<R>>) -> Vec<Result<R, String>> {
    results
        .into_iter()
        .map(|result| result.map_err(|error| error.to_string()))
        .collect()
}

#[test]
fn results_come_as_they_complete_and_can_be_brought_in_order() {
    let pool = ThreadPool::new(2);
    let (go, wait) = mpsc::channel();
    let wait = Arc::new(Mutex::new(wait));
    let mut results = as_completed(&pool, ["slow", "quick"], move |item| {
        if item == "slow" {
            wait.lock().unwrap().recv().unwrap();
        }
        Ok(item)
    });
    let first = results.next().unwrap();
    assert_eq!((first.0, first.1.as_ref().unwrap()), (1, &"quick"));
    go.send(()).unwrap();
    let second = results.next().unwrap();
    assert_eq!((second.0, second.1.as_ref().unwrap()), (0, &"slow"));
    assert!(results.next().is_none());
    let in_order = texts(in_order([first, second]));
    assert_eq!(in_order, [Ok("slow"), Ok("quick")]);
}

#[test]
fn a_job_that_panics_or_fails_costs_one_result() {
    let pool = ThreadPool::new(2);
    let results = as_completed(&pool, 0..100, |item| {
        ensure!(item != 2, "two");
        match item {
            3 => panic!("not {item}"),
            5 => panic!("five"),
            7 => panic::panic_any(7),
            _ => Ok(item * 10),
        }
    });
    let expected: Vec<Result<i32, String>> = (0..100)
        .map(|item| match item {
            2 => Err("two".into()),
            3 => Err("panicked: not 3".into()),
            5 => Err("panicked: five".into()),
            7 => Err("panicked: no message".into()),
            _ => Ok(item * 10),
        })
        .collect();
    assert_eq!(texts(in_order(results)), expected);
}

/// The caller can ask an error what it is, because the pool only passes it on.
#[test]
fn the_error_of_a_job_keeps_its_type() {
    let pool = ThreadPool::new(1);
    let mut results =
        as_completed(&pool, ["no number"], |text| Ok(text.parse::<usize>()?));
    let (_, result) = results.next().unwrap();
    assert!(result.unwrap_err().is::<std::num::ParseIntError>());
}

#[test]
fn as_many_jobs_at_once_as_there_are_workers() {
    const WORKERS: usize = 3;
    let pool = ThreadPool::new(WORKERS);
    let at_once = Arc::new(AtomicUsize::new(0));
    // A job continues when three jobs are here. A fourth would raise the count.
    let three = Arc::new(Barrier::new(WORKERS));
    let results = in_order(as_completed(&pool, 0..30, move |_| {
        let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
        three.wait();
        at_once.fetch_sub(1, Ordering::SeqCst);
        Ok(now)
    }));
    assert_eq!(results.len(), 30);
    assert!(
        results
            .iter()
            .all(|now| (1..=WORKERS).contains(now.as_ref().unwrap()))
    );
}

#[test]
fn no_jobs_and_a_dropped_iterator_are_no_trouble() {
    let pool = ThreadPool::new(2);
    assert!(
        as_completed(&pool, [], |item: u8| Ok(item))
            .next()
            .is_none()
    );
    drop(as_completed(&pool, 0..100, Ok));
    pool.join();
    assert_eq!(pool.panic_count(), 0);
}

/// Why `as_completed` catches panics: without that, the result is missing, and a
/// caller that waits for as many results as there were jobs waits forever.
#[test]
fn trap_a_panicking_job_sends_nothing() {
    let pool = ThreadPool::new(2);
    let (sender, results) = mpsc::channel();
    for item in 0..10 {
        let sender = sender.clone();
        pool.execute(move || {
            assert_ne!(item, 3);
            sender.send(item).unwrap();
        });
    }
    pool.join();
    assert_eq!(results.try_iter().count(), 9);
    // `results.iter().take(10)` would wait here for the tenth.
    assert_eq!(results.try_recv(), Err(TryRecvError::Empty));
    drop(sender); // it was there to the end
}

/// Why the original sender has to be dropped, too: the results end with the last
/// sender.
#[test]
fn trap_the_results_do_not_end_before_the_last_sender() {
    let pool = ThreadPool::new(2);
    let (sender, results) = mpsc::channel();
    for item in 0..10 {
        let sender = sender.clone();
        pool.execute(move || sender.send(item).unwrap());
    }
    pool.join();
    assert_eq!(results.try_iter().count(), 10);
    // `for result in results` would wait here for an eleventh.
    assert_eq!(results.try_recv(), Err(TryRecvError::Empty));
    drop(sender);
    assert_eq!(results.try_recv(), Err(TryRecvError::Disconnected));
}

/// Why a program has to receive its results, or call `join`, before it ends.
#[test]
fn trap_dropping_the_pool_does_not_wait() {
    let pool = ThreadPool::new(1);
    let (go, wait) = mpsc::channel();
    let (sender, result) = mpsc::channel();
    pool.execute(move || {
        wait.recv().unwrap();
        sender.send("done").unwrap();
    });
    drop(pool); // returns although the job cannot be done yet
    assert_eq!(result.try_recv(), Err(TryRecvError::Empty));
    go.send(()).unwrap();
    assert_eq!(result.recv(), Ok("done"));
}
