//! The pattern: workers that share a receiver. Each takes a job in a statement of
//! its own, so the lock is free again before the job starts.

use std::sync::Mutex;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// What a worker has to know to do its work: here, how long it takes.
pub type Job = Duration;

/// The receiver that all workers share.
pub type JobQueue = Mutex<Receiver<Job>>;

/// Runs jobs until no sender is left. Call it in each worker's thread.
pub fn work(jobs: &JobQueue, run: &dyn Fn(Job)) {
    loop {
        shared::waiting("lock");
        // The guard is dropped at the end of this statement.
        let Ok(job) = jobs.lock().unwrap().recv() else {
            return;
        };
        run(job);
    }
}

/// Broken: the guard is dropped at the end of the block, so while one job runs, no
/// other worker can take the next.
pub fn work_under_the_lock(jobs: &JobQueue, run: &dyn Fn(Job)) {
    shared::waiting("lock");
    while let Ok(job) = jobs.lock().unwrap().recv() {
        run(job);
        shared::waiting("lock");
    }
}
