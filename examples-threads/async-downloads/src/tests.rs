use std::future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::limit::at_most;

/// Yields so many times: jobs that yield less end before those that yield more.
async fn job(yields: usize) -> usize {
    for _ in 0..yields {
        yield_now().await;
    }
    yields
}

#[tokio::test]
async fn results_are_in_the_order_of_the_jobs() {
    for limit in [1, 3, 100] {
        let results = at_most(limit, [30, 0, 20, 10].map(job)).await;
        assert_eq!(results, [30, 0, 20, 10]);
    }
}

#[tokio::test]
async fn never_more_jobs_at_once_than_the_limit() {
    let jobs = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let counted = (0..500).map(|_| {
        let jobs = Arc::clone(&jobs);
        async move {
            let (now, most) = &*jobs;
            let at_once = now.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(at_once, Ordering::Relaxed);
            job(3).await;
            now.fetch_sub(1, Ordering::Relaxed);
        }
    });
    assert_eq!(at_most(7, counted).await.len(), 500);
    assert_eq!(jobs.1.load(Ordering::Relaxed), 7);
}

/// As after a time limit.
#[tokio::test]
async fn dropping_it_cancels_its_tasks() {
    let alive = Arc::new(());
    let waits = [(); 5].map(|()| {
        let alive = Arc::clone(&alive);
        async move {
            future::pending::<()>().await;
            drop(alive);
        }
    });
    let ended = timeout(Duration::from_millis(1), at_most(3, waits)).await;
    ended.expect_err("they wait forever");
    let cancelled = async {
        while Arc::strong_count(&alive) > 1 {
            yield_now().await;
        }
    };
    let in_time = timeout(Duration::from_secs(60), cancelled).await;
    in_time.expect("none of them is left");
}

#[tokio::test]
#[should_panic(expected = "a bad job")]
async fn a_panic_comes_back() {
    at_most(2, [async { panic!("a bad job") }]).await;
}

/// As the chapter of semaphore says.
#[tokio::test]
async fn a_semaphore_serves_tasks_in_their_order() {
    let semaphore = Arc::new(Semaphore::new(1));
    let permit = Arc::clone(&semaphore).acquire_owned().await.unwrap();
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..5 {
        let (semaphore, served) = (Arc::clone(&semaphore), Arc::clone(&served));
        tasks.push(tokio::spawn(async move {
            let _permit = semaphore.acquire().await.unwrap();
            served.lock().unwrap().push(number);
        }));
        yield_now().await; // it waits now
    }
    drop(permit);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*served.lock().unwrap(), [0, 1, 2, 3, 4]);
}

/// It would wait forever.
#[tokio::test]
#[should_panic(expected = "no job could ever begin")]
async fn a_limit_of_zero_is_refused() {
    at_most(0, [job(0)]).await;
}
