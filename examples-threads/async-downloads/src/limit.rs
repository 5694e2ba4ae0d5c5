//! The pattern: many tasks, and a limit on how many of them exist at once.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Runs each job as a task, at most `limit` of them at a time. Returns the results
/// in the order of the jobs.
///
/// # Panics
///
/// If `limit` is 0, or if a job does. The others are cancelled then, as they are
/// when you drop the future that this returns.
pub async fn at_most<J>(
    limit: usize,
    jobs: impl IntoIterator<Item = J>,
) -> Vec<J::Output>
where
    J: Future<Output: Send> + Send + 'static,
{
    assert!(limit > 0, "no job could ever begin");
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
