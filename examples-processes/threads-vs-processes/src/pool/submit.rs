//! Single jobs, and results as they complete.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{Job, JobResult, Pool, lost};

/// A job that was submitted. Whoever drops it takes nothing back.
#[derive(Debug)]
#[must_use]
pub struct Handle<T> {
    result: Receiver<JobResult<T>>,
    started: Arc<AtomicBool>,
}

impl Pool {
    /// Puts a job into the queue.
    pub fn submit<J: Job>(&self, job: J) -> Handle<J::Output> {
        let (sender, result) = mpsc::channel();
        let started = Arc::new(AtomicBool::new(false));
        let start = started.clone();
        self.push::<J>(move |lane| {
            if !start.swap(true, Ordering::Relaxed) {
                let _ = sender.send(lane.run(&[job]).remove(0));
            }
        });
        Handle { result, started }
    }

    /// Does the jobs one by one. Returns the number of each, from 0, and its
    /// result, as they complete. When the iterator is dropped, no more jobs start.
    pub fn as_completed<J: Job>(
        &self,
        jobs: impl IntoIterator<Item = J>,
    ) -> impl Iterator<Item = (usize, JobResult<J::Output>)> {
        let (sender, results) = mpsc::channel();
        let wanted = Arc::new(());
        for (number, job) in jobs.into_iter().enumerate() {
            let (sender, wanted) = (sender.clone(), Arc::downgrade(&wanted));
            self.push::<J>(move |lane| {
                if Weak::strong_count(&wanted) > 0 {
                    let _ = sender.send((number, lane.run(&[job]).remove(0)));
                }
            });
        }
        // It owns `wanted`, and so both are dropped together.
        results.into_iter().inspect(move |_| _ = &wanted)
    }
}

impl<T> Handle<T> {
    /// Waits for the result.
    pub fn wait(self) -> JobResult<T> {
        self.result
            .recv()
            .unwrap_or_else(|_| Err(lost("the pool was dropped")))
    }

    /// Waits for the result, but not longer than this.
    ///
    /// # Errors
    /// The handle, if there is no result yet: to wait again, `cancel`, or go on.
    pub fn wait_timeout(self, timeout: Duration) -> Result<JobResult<T>, Self> {
        match self.result.recv_timeout(timeout) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Timeout) => Err(self),
            Err(RecvTimeoutError::Disconnected) => Ok(self.wait()),
        }
    }

    /// Takes the job back.
    ///
    /// # Errors
    /// The handle, if the job has been started.
    pub fn cancel(self) -> Result<(), Self> {
        if self.started.swap(true, Ordering::Relaxed) {
            Err(self)
        } else {
            Ok(())
        }
    }
}
