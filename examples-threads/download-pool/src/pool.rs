//! The pattern: many jobs on a few threads, and a result for each of them, also for
//! one that panics.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;

use threadpool::ThreadPool;

/// What a job returned, or with what message it panicked.
pub type Outcome<R> = Result<R, String>;

/// Gives the pool a job for each item, `work` on it, and returns at once: the
/// outcomes, as the jobs complete, each with the place of its item in the input.
pub fn as_completed<T: Send + 'static, R: Send + 'static>(
    pool: &ThreadPool,
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Clone + Send + 'static,
) -> impl Iterator<Item = (usize, Outcome<R>)> {
    let (sender, outcomes) = mpsc::channel();
    for (place, item) in items.into_iter().enumerate() {
        let (sender, work) = (sender.clone(), work.clone());
        pool.execute(move || {
            // A job that panics sends something too. (`AssertUnwindSafe`: nobody
            // sees what it was working on.)
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| work(item)));
            // Sending fails when nobody asks for the outcomes any more.
            let _ = sender.send((place, outcome.map_err(|panic| message(&*panic))));
        });
    }
    outcomes.into_iter()
} // `sender`, the original, is dropped: after the last job, the outcomes end

/// Waits for all results and brings them into the order of the input.
pub fn in_order<R>(results: impl IntoIterator<Item = (usize, R)>) -> Vec<R> {
    let mut results: Vec<_> = results.into_iter().collect();
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The text of a panic, on one line.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or(panic.downcast_ref::<String>().map(String::as_str));
    let lines = text.unwrap_or("no message").lines().map(str::trim);
    lines.collect::<Vec<_>>().join(", ")
}
