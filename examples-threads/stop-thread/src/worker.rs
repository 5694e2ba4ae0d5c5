//! The pattern: a thread that can be joined with a time limit.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A thread that you don't have to wait for longer than you want.
#[derive(Debug)]
pub struct Worker<T> {
    thread: JoinHandle<T>,
    /// Nothing is ever sent. When the thread ends, it drops the sender.
    ended: Receiver<()>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts the thread.
    pub fn spawn(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, ended) = mpsc::channel();
        let thread = thread::spawn(move || {
            let _sender = sender; // dropped when `work` returns, and when it panics
            work()
        });
        Self { thread, ended }
    }

    /// Waits until the thread has ended, and returns what `join` returns. If it has
    /// not ended within `limit`, you get the worker back, and the thread runs on.
    pub fn join_timeout(self, limit: Duration) -> Result<thread::Result<T>, Self> {
        match self.ended.recv_timeout(limit) {
            Err(RecvTimeoutError::Timeout) => Err(self),
            _ => Ok(self.thread.join()),
        }
    }
}
