//! The pattern: many tasks, and a limit on how many of them exist at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Runs each job as a task, at most `limit` of them at a time. Returns the results
/// in the order of the jobs.
///
/// # Panics
///
/// If a job does. The others are cancelled then, as they are when you drop the
/// future that this returns.
pub async fn at_most<J>(
    limit: usize,
    jobs: impl IntoIterator<Item = J>,
) -> Vec<J::Output>
where
    J: Future<Output: Send> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(limit));
    // When it is dropped, it cancels its tasks.
    let mut tasks = JoinSet::new();
    for (number, job) in jobs.into_iter().enumerate() {
        // Waits until another task has ended.
        let permit = Arc::clone(&permits)
            .acquire_owned()
            .await
            .expect("it is never closed");
        tasks.spawn(async move {
            let _permit = permit; // comes back when the task ends, however it does
            (number, job.await)
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

pub async fn a_thousand_waits() {
    shared::waiting("a thousand waits");
    let (waiting, hundred) = (AtomicUsize::new(0), Barrier::new(100));
    let state = Arc::new((waiting, hundred));
    let waits = (0..1_000).map(|_| wait(Arc::clone(&state)));
    let at_once = at_most(100, waits).await;
    let most = at_once.iter().max().expect("there are a thousand");
    println!("{} waits, at most {most} at once", at_once.len());
}

/// Returns how many were waiting when this one began.
async fn wait(state: Arc<(AtomicUsize, Barrier)>) -> usize {
    let (waiting, hundred) = &*state;
    let at_once = waiting.fetch_add(1, Ordering::Relaxed) + 1;
    hundred.wait().await; // so that they really overlap
    sleep(Duration::from_millis(5)).await; // your I/O
    waiting.fetch_sub(1, Ordering::Relaxed);
    at_once
}
