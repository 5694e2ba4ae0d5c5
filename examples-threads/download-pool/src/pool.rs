//! The pattern: many jobs on a few threads, and one result for each job, even if it
//! panics.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;

use anyhow::{Result, anyhow};
use threadpool::ThreadPool;

/// Gives the pool one job per item and returns at once. The iterator yields each
/// result when its job completes, together with the item's position in the input.
pub fn as_completed<T: Send + 'static, R: Send + 'static>(
    pool: &ThreadPool,
    items: impl IntoIterator<Item = T>,
    job: impl Fn(T) -> Result<R> + Clone + Send + 'static,
) -> impl Iterator<Item = (usize, Result<R>)> {
    let (sender, results) = mpsc::channel();
    for (position, item) in items.into_iter().enumerate() {
        let sender = sender.clone();
        let job = job.clone();
        pool.execute(move || {
            // Turn a panic into an error, or this job's result would be missing.
            // (Unwind safe, because this clone of the job is never called again.)
            let result = panic::catch_unwind(AssertUnwindSafe(|| job(item)))
                .unwrap_or_else(|panic| Err(to_error(&*panic)));
            // If the iterator has been dropped, the caller wants no more results.
            let _ = sender.send((position, result));
        });
    }
    results.into_iter()
} // the original `sender` is dropped here, so the iterator ends after the last job

/// Waits for all results, and returns them in the order of the input.
pub fn in_order<R>(results: impl IntoIterator<Item = (usize, R)>) -> Vec<R> {
    let mut results: Vec<_> = results.into_iter().collect();
    results.sort_by_key(|(position, _)| *position);
    results.into_iter().map(|(_, result)| result).collect()
}

/// An error with the message of the panic, if it is a text.
fn to_error(panic: &(dyn Any + Send)) -> anyhow::Error {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or(panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    anyhow!("panicked: {message}")
}
