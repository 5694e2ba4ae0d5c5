use std::panic;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex};

use threadpool::ThreadPool;

use crate::pool::{as_completed, in_order};

#[test]
fn results_come_as_they_complete_and_can_be_brought_in_order() {
    let pool = ThreadPool::new(2);
    let (go, wait) = mpsc::channel();
    let wait = Arc::new(Mutex::new(wait));
    let work = move |item: &str| {
        if item == "slow" {
            wait.lock().unwrap().recv().unwrap();
        }
        item.to_owned()
    };
    let mut completed = as_completed(&pool, ["slow", "quick"], work);
    let first = completed.next().unwrap();
    assert_eq!(first, (1, Ok("quick".into())));
    go.send(()).unwrap();
    let second = completed.next().unwrap();
    assert_eq!(second, (0, Ok("slow".into())));
    assert_eq!(completed.next(), None);
    let results = in_order([first, second]);
    assert_eq!(results, [Ok("slow".into()), Ok("quick".into())]);
}

#[test]
fn a_job_that_panics_costs_one_result() {
    let pool = ThreadPool::new(2);
    let work = |item| match item {
        3 => panic!("not {item}"),
        5 => panic!("five\n  or so"),
        7 => panic::panic_any(7),
        _ => item * 10,
    };
    let results = in_order(as_completed(&pool, 0..100, work));
    let expected = (0..100).map(|item| match item {
        3 => Err("not 3".into()),
        5 => Err("five, or so".into()),
        7 => Err("no message".into()),
        _ => Ok(item * 10),
    });
    assert_eq!(results, expected.collect::<Vec<_>>());
}

#[test]
fn as_many_jobs_at_once_as_there_are_workers() {
    const WORKERS: usize = 3;
    let pool = ThreadPool::new(WORKERS);
    let at_once = Arc::new(AtomicUsize::new(0));
    // A job goes on when three of them are there, so three must be; and no fourth.
    let three = Arc::new(Barrier::new(WORKERS));
    let work = move |_| {
        let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
        three.wait();
        at_once.fetch_sub(1, Ordering::SeqCst);
        now
    };
    let results = in_order(as_completed(&pool, 0..30, work));
    assert_eq!(results.len(), 30);
    assert!(
        results
            .iter()
            .all(|now| (1..=WORKERS).contains(now.as_ref().unwrap()))
    );
}

#[test]
fn nothing_to_do_and_nobody_to_ask_are_no_trouble() {
    let pool = ThreadPool::new(2);
    assert_eq!(as_completed(&pool, [], |item: u8| item).next(), None);
    drop(as_completed(&pool, 0..100, |item| item));
    pool.join();
    assert_eq!(pool.panic_count(), 0);
}

/// Why a job has to send something also when it panics: whoever counts on as many
/// results as there were jobs waits for ever.
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

/// Why the original sender has to be dropped, too: the results end with the last.
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

/// Why a program has to collect its results, or call `join`, before it ends.
#[test]
fn trap_dropping_the_pool_does_not_wait() {
    let pool = ThreadPool::new(1);
    let (go, wait) = mpsc::channel();
    let (sender, result) = mpsc::channel();
    pool.execute(move || {
        wait.recv().unwrap();
        sender.send("done").unwrap();
    });
    drop(pool); // comes back although the job cannot be done yet
    assert_eq!(result.try_recv(), Err(TryRecvError::Empty));
    go.send(()).unwrap();
    assert_eq!(result.recv(), Ok("done"));
}
