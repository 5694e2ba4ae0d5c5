//! The three ways to use a pool.

use std::collections::{BTreeMap, VecDeque};
use std::iter::Fuse;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use std::vec;

use super::{Job, JobResult, Pool};

/// A caller waits this long for many results before it asks for every single one.
const MOMENT: Duration = Duration::from_millis(1);

/// This many jobs for each worker may be underway if they are quick.
const MANY: usize = 1024;

/// `map` holds back at most this many times
/// [`Options::queue`](super::Options::queue) results while it waits for an earlier
/// one. Then it sends no more jobs.
const HELD_BACK: usize = 100;

/// A submitted job. Dropping the handle does not cancel the job.
#[derive(Debug)]
#[must_use = "to ignore the result, drop the handle"]
pub struct Handle<J: Job> {
    result: Receiver<JobResult<J>>,
    started: Arc<AtomicBool>,
}

impl Pool {
    /// Puts a job into the queue, and returns at once.
    pub fn submit<J: Job>(&self, job: J) -> Handle<J> {
        let (sender, result) = mpsc::channel();
        let started = Arc::new(AtomicBool::new(false));
        let start = started.clone();
        self.push::<J>(move |supervisor| {
            if !start.swap(true, Ordering::Relaxed) {
                let mut results = supervisor.run(vec![job]);
                // This fails if the handle was dropped.
                let _ = sender.send(results.remove(0));
            }
        });
        Handle { result, started }
    }

    /// Does the jobs, and returns their results in the order of the jobs.
    ///
    /// The work starts at once. The iterator of jobs may be endless, because only a
    /// few are taken ahead ([`Options::queue`](super::Options::queue)). When you
    /// drop the results, no more jobs are started.
    ///
    /// Jobs travel in chunks, which become smaller at the end, so that no worker
    /// has a large one to do when the others are done. If a worker dies, all jobs
    /// of its chunk are run again, one by one, so that only the guilty one fails.
    /// The same happens if the results of a chunk are longer than
    /// [`MAX_FRAME`](super::MAX_FRAME) together. So your jobs should be repeatable;
    /// otherwise set [`Options::chunk`](super::Options::chunk) to 1.
    pub fn map<J: Job>(
        &self,
        jobs: impl IntoIterator<Item = J>,
    ) -> impl Iterator<Item = JobResult<J>> {
        let max_chunk = self.options.chunk.unwrap_or({
            if self.options.timeout.is_some() {
                1
            } else {
                1000
            }
        });
        let max_chunk =
            max_chunk.min(self.options.jobs_per_worker.unwrap_or(max_chunk));
        InOrder {
            call: Call::start(self, jobs.into_iter(), max_chunk.max(1)),
            chunk: Vec::new().into_iter(),
            next: 0,
            early: BTreeMap::new(),
        }
    }

    /// Does the jobs one by one, and returns each result as soon as it is there,
    /// with the number of its job, counted from 0. No job is run twice. Otherwise
    /// it is like [`Pool::map`].
    pub fn as_completed<J: Job>(
        &self,
        jobs: impl IntoIterator<Item = J>,
    ) -> impl Iterator<Item = (usize, JobResult<J>)> {
        let mut call = Call::start(self, jobs.into_iter(), 1);
        std::iter::from_fn(move || {
            let mut chunk = call.next_chunk()?;
            call.returned += 1;
            Some((chunk.first, chunk.results.remove(0)))
        })
    }
}

impl<J: Job> Handle<J> {
    /// Waits for the result.
    ///
    /// # Errors
    /// The job, and why it failed.
    pub fn wait(self) -> JobResult<J> {
        let Ok(result) = self.result.recv() else {
            unreachable!("every job has a result, even when the pool is dropped");
        };
        result
    }

    /// Waits for the result, but not longer than this.
    ///
    /// # Errors
    /// The handle, if there is no result yet: you can wait again, or `cancel`.
    pub fn wait_timeout(self, timeout: Duration) -> Result<JobResult<J>, Self> {
        match self.result.recv_timeout(timeout) {
            Ok(result) => Ok(result),
            Err(RecvTimeoutError::Timeout) => Err(self),
            Err(RecvTimeoutError::Disconnected) => Ok(self.wait()),
        }
    }

    /// Cancels the job.
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

/// The results of jobs that were sent together.
struct Chunk<J: Job> {
    /// The number of the first job.
    first: usize,
    results: Vec<JobResult<J>>,
}

/// A call of `map` or `as_completed`. The thread that iterates over the results
/// also sends the jobs.
struct Call<'pool, J: Job, I> {
    pool: &'pool Pool,
    jobs: Fuse<I>,
    /// Jobs that were taken from the iterator, but not sent.
    ahead: VecDeque<J>,
    max_chunk: usize,
    /// How many jobs may be underway now, and how many that may become.
    max_underway: usize,
    max_queue: usize,
    /// How many jobs were sent.
    sent: usize,
    /// How many of them wait or run, or have results that `next_chunk` did not
    /// return.
    underway: usize,
    /// How many results the caller has.
    returned: usize,
    received: VecDeque<Chunk<J>>,
    finished: Arc<Finished<J>>,
}

impl<'pool, J: Job, I: Iterator<Item = J>> Call<'pool, J, I> {
    fn start(pool: &'pool Pool, jobs: I, max_chunk: usize) -> Self {
        let few = pool.workers.saturating_mul(max_chunk.saturating_mul(4));
        let many = pool.workers.saturating_mul(MANY).max(few);
        let max_queue = pool.options.queue.unwrap_or(many).max(1);
        let mut call = Self {
            pool,
            jobs: jobs.fuse(),
            ahead: VecDeque::new(),
            max_chunk: max_chunk.min(max_queue),
            max_underway: few.min(max_queue),
            max_queue,
            sent: 0,
            underway: 0,
            returned: 0,
            received: VecDeque::new(),
            finished: Arc::new(Finished::new()),
        };
        call.send_jobs();
        call
    }

    /// Returns the results of any chunk, or `None` when all are returned.
    fn next_chunk(&mut self) -> Option<Chunk<J>> {
        self.send_jobs();
        if self.underway == 0 {
            return None;
        }
        if self.received.is_empty() {
            let many = (self.max_underway / 2).clamp(1, self.underway);
            let (received, were_quick) = self.finished.wait(many);
            self.received = received;
            if were_quick {
                // The more of these jobs are underway, the less often they wait for
                // this thread to wake up.
                let double = self.max_underway.saturating_mul(2);
                self.max_underway = double.min(self.max_queue);
            }
        }
        let chunk = self.received.pop_front()?;
        self.underway -= chunk.results.len();
        Some(chunk)
    }

    /// Sends as many jobs as may be underway.
    fn send_jobs(&mut self) {
        let max_held_back = self.max_queue.saturating_mul(HELD_BACK);
        while self.underway < self.max_underway
            && self.sent - self.returned < max_held_back
        {
            let jobs = self.take_chunk();
            if jobs.is_empty() {
                return;
            }
            self.send(jobs);
        }
    }

    /// Takes the next jobs: a share of those that are left, as far as is known.
    fn take_chunk(&mut self) -> Vec<J> {
        let shares = self.pool.workers.saturating_mul(2);
        let max_ahead = match self.max_chunk {
            1 => 1,
            max_chunk => max_chunk.saturating_mul(shares),
        };
        let missing = max_ahead - self.ahead.len();
        self.ahead.extend(self.jobs.by_ref().take(missing));
        let size = (self.ahead.len() / shares).clamp(1, self.max_chunk);
        self.ahead.drain(..size.min(self.ahead.len())).collect()
    }

    fn send(&mut self, jobs: Vec<J>) {
        let first = self.sent;
        self.sent += jobs.len();
        self.underway += jobs.len();
        let finished = Arc::downgrade(&self.finished);
        self.pool.push::<J>(move |supervisor| {
            // When the caller has dropped the results, the job is not started.
            if finished.strong_count() > 0 {
                let results = supervisor.run(jobs);
                if let Some(finished) = finished.upgrade() {
                    finished.add(Chunk { first, results });
                }
            }
        });
    }
}

/// Puts the results into the order of the jobs.
struct InOrder<'pool, J: Job, I> {
    call: Call<'pool, J, I>,
    /// Results that are due.
    chunk: vec::IntoIter<JobResult<J>>,
    /// The number of the job that comes after these.
    next: usize,
    /// Chunks that came before they were due, by the number of their first job.
    early: BTreeMap<usize, Vec<JobResult<J>>>,
}

impl<J: Job, I: Iterator<Item = J>> Iterator for InOrder<'_, J, I> {
    type Item = JobResult<J>;

    fn next(&mut self) -> Option<JobResult<J>> {
        loop {
            if let Some(result) = self.chunk.next() {
                self.call.returned += 1;
                return Some(result);
            }
            if let Some(results) = self.early.remove(&self.next) {
                self.next += results.len();
                self.chunk = results.into_iter();
            } else {
                let chunk = self.call.next_chunk()?;
                self.early.insert(chunk.first, chunk.results);
            }
        }
    }
}

/// Where supervisors leave results for the caller.
struct Finished<J: Job> {
    state: Mutex<State<J>>,
    enough: Condvar,
}

struct State<J: Job> {
    chunks: VecDeque<Chunk<J>>,
    /// How many results are in the chunks.
    count: usize,
    /// The caller is woken up when there are this many.
    wanted: usize,
}

impl<J: Job> Finished<J> {
    fn new() -> Self {
        Self {
            state: Mutex::new(State {
                chunks: VecDeque::new(),
                count: 0,
                wanted: usize::MAX,
            }),
            enough: Condvar::new(),
        }
    }

    fn add(&self, chunk: Chunk<J>) {
        let mut state = self.state.lock().unwrap();
        state.count += chunk.results.len();
        state.chunks.push_back(chunk);
        if state.count >= state.wanted {
            self.enough.notify_one();
        }
    }

    /// Waits until there are results, and takes all of them. Also returns whether
    /// there were `many` within a moment.
    fn wait(&self, many: usize) -> (VecDeque<Chunk<J>>, bool) {
        let mut state = self.state.lock().unwrap();
        // Waking up costs as much as a small job. So for a moment, only many
        // results are worth it.
        state.wanted = many;
        (state, _) = self
            .enough
            .wait_timeout_while(state, MOMENT, |state| state.count < many)
            .unwrap();
        let were_quick = state.count >= many;
        // These jobs are not small. Each result is wanted as soon as it is there.
        state.wanted = 1;
        state = self
            .enough
            .wait_while(state, |state| state.count == 0)
            .unwrap();
        state.wanted = usize::MAX;
        state.count = 0;
        (mem::take(&mut state.chunks), were_quick)
    }
}
