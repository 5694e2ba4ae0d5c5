//! A pool of worker processes: jobs in, results out, and a crash costs one job.
//!
//! The workers are this same program, started again. For each of them the pool has
//! a thread, which takes jobs from a queue, sends them to its worker, waits for the
//! results, and starts another worker when this one is lost.

#![allow(dead_code, unused_imports, reason = "a program uses what it needs")]

mod submit;
mod worker;

use std::any::{Any, TypeId};
use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::mem;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{self, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

pub use submit::Handle;
pub use worker::{MAX_FRAME, TICK};
use worker::{Parent, Worker};

/// What a worker can do: as a rule an enum, with a variant for each kind of job.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// What comes back.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Does the job, in a worker.
    fn run(self) -> Self::Output;

    /// Runs once in every worker, before its first job.
    fn init() {}
}

/// What a job returns, or why there is nothing.
pub type JobResult<T> = Result<T, JobError>;

/// Why a job has no result.
#[derive(Debug)]
pub enum JobError {
    /// It panicked, with this message. Its worker goes on.
    Panicked(String),
    /// Its worker ended while it ran: by an abort, an `exit`, a signal.
    Died(ExitStatus),
    /// It took longer than [`Options::timeout`]. Its worker was killed.
    TimedOut,
    /// It or its result could not be sent, no worker could be started, or the pool
    /// was dropped.
    Lost(io::Error),
}

impl Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            JobError::Panicked(message) => write!(f, "panicked: {message}"),
            JobError::Died(status) => write!(f, "its worker ended with {status}"),
            JobError::TimedOut => write!(f, "took too long"),
            JobError::Lost(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for JobError {}

/// How a pool works. `None` stands for the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How many processes. Default: one for each core.
    pub workers: Option<usize>,
    /// How long a job may take, from when it is sent. Noticed up to a [`TICK`]
    /// late. `init` has no such limit. Default: for ever.
    pub timeout: Option<Duration>,
    /// After this many jobs a worker is replaced by a new one. Default: never.
    pub jobs_per_worker: Option<usize>,
    /// How many jobs travel together at most. Default: 1000, or 1 if there is a
    /// time-out, since a chunk can only be timed as a whole: in one of 100, a job
    /// that hangs is noticed after 100 time-outs.
    pub chunk: Option<usize>,
}

/// The type of the jobs that the workers do, once `serve` was called.
static SERVED: OnceLock<TypeId> = OnceLock::new();

/// Belongs at the top of `main`: in a worker it does the jobs, and never returns.
pub fn serve<J: Job>() {
    SERVED.get_or_init(TypeId::of::<J>);
    let Some(mut parent) = Parent::of_this_process() else {
        return;
    };
    J::init();
    let run = |job: J| {
        let result = catch_unwind(AssertUnwindSafe(|| job.run()));
        result.map_err(|panic| message(&*panic))
    };
    let run_all = |jobs: Vec<J>| jobs.into_iter().map(run).collect::<Vec<_>>();
    parent.serve(run_all);
    process::exit(0);
}

/// What was given to `panic!`.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref().cloned())
        .unwrap_or_default()
}

/// A pool of worker processes. When it is dropped, all of them end, busy ones too,
/// within two [`TICK`]s.
pub struct Pool {
    options: Options,
    workers: usize,
    /// `None` while the pool is being dropped.
    queue: Option<Sender<Task>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

type Task = Box<dyn FnOnce(&mut Lane) + Send>;

impl Pool {
    /// A pool of this many workers, or of fewer, if the system cannot start them.
    ///
    /// # Panics
    /// If `serve` was not called: the workers would run `main`, and start workers.
    pub fn new(workers: usize) -> Pool {
        Pool::with(Options {
            workers: Some(workers),
            ..Options::default()
        })
    }

    /// See [`Pool::new`].
    pub fn with(options: Options) -> Pool {
        assert!(
            SERVED.get().is_some(),
            "`main` has to call `pool::serve` first"
        );
        assert!(
            cfg!(unix) || options.timeout.is_none(),
            "time-outs need Unix"
        );
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let workers = options.workers.unwrap_or_else(cores).max(1);
        let (queue, tasks) = mpsc::channel();
        let tasks = Arc::new(Mutex::new(tasks));
        let stop = Arc::new(AtomicBool::new(false));
        let lanes = Arc::new(AtomicUsize::new(workers));
        let start = |number| {
            let lane = Lane {
                options,
                stop: stop.clone(),
                worker: None,
                jobs: 0,
            };
            let (tasks, lanes) = (tasks.clone(), lanes.clone());
            let thread = thread::Builder::new().name(format!("pool-{number}"));
            // To read a deeply nested result takes more stack than a thread has.
            let thread = thread.stack_size(32 << 20);
            let work = move || lane.work(&tasks, &lanes);
            thread.spawn(work).expect("a thread starts")
        };
        let threads = (1..=workers).map(start).collect();
        Pool {
            options,
            workers,
            queue: Some(queue),
            stop,
            threads,
        }
    }

    /// Does the jobs, and returns their results in the order of the jobs. Jobs
    /// travel in chunks, large ones first and single jobs in the end. If a worker
    /// dies, all jobs of its chunk are run again, one by one: so they should be
    /// repeatable, or [`Options::chunk`] be 1. The same if the results of a chunk
    /// are longer than [`MAX_FRAME`].
    pub fn map<J: Job>(
        &self,
        jobs: impl IntoIterator<Item = J>,
    ) -> Vec<JobResult<J::Output>> {
        let mut jobs = jobs.into_iter().collect::<Vec<J>>().into_iter();
        let count = jobs.len();
        // Until there is a result. A text would cost more than a small job.
        let empty = |_| Err(JobError::Lost(ErrorKind::Other.into()));
        let results: Vec<_> = (0..count).map(empty).collect();
        let results = Arc::new(Mutex::new(results));
        let (running, all_done) = mpsc::channel::<()>();
        let most = if self.options.timeout.is_some() {
            1
        } else {
            1000
        };
        let most = self.options.chunk.unwrap_or(most);
        let most = most
            .min(self.options.jobs_per_worker.unwrap_or(most))
            .max(1);
        while jobs.len() > 0 {
            let first = count - jobs.len();
            // All workers together get half of what is left.
            let chunk = (jobs.len() / (2 * self.workers)).clamp(1, most);
            let chunk: Vec<J> = jobs.by_ref().take(chunk).collect();
            let (results, running) = (results.clone(), running.clone());
            self.push::<J>(move |lane| {
                let done = lane.run(&chunk);
                results
                    .lock()
                    .unwrap()
                    .splice(first..first + done.len(), done);
                drop(running);
            });
        }
        drop(running);
        // It ends when the last of them is dropped: to be woken by each chunk, with
        // its results, takes far longer.
        let _ = all_done.recv();
        mem::take(&mut results.lock().unwrap())
    }

    fn push<J: Job>(&self, task: impl FnOnce(&mut Lane) + Send + 'static) {
        assert_eq!(
            SERVED.get(),
            Some(&TypeId::of::<J>()),
            "`pool::serve` was called for another type of jobs"
        );
        let queue = self.queue.as_ref().expect("it is there until the drop");
        queue
            .send(Box::new(task))
            .expect("the threads are there as long");
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A thread of the pool, with its worker.
struct Lane {
    options: Options,
    stop: Arc<AtomicBool>,
    /// `None` after a loss.
    worker: Option<Worker>,
    /// How many that worker was given.
    jobs: usize,
}

impl Lane {
    /// Does what is in the queue, until the pool is dropped.
    fn work(mut self, tasks: &Mutex<Receiver<Task>>, lanes: &AtomicUsize) {
        self.worker = self.ready(0).ok();
        if self.worker.is_none() && lanes.fetch_sub(1, Ordering::Relaxed) > 1 {
            return; // the jobs are for those who have a worker
        }
        loop {
            shared::waiting("queue");
            // A statement of its own: the queue is free while a job runs.
            let task = tasks.lock().unwrap().recv();
            let Ok(task) = task else { break };
            // A job or a result may panic when it is dropped.
            let _ = catch_unwind(AssertUnwindSafe(|| task(&mut self)));
        }
    }

    /// Does these jobs: together, and if that fails, one by one. If no worker can
    /// be started, none of them tries again.
    fn run<J: Job>(&mut self, jobs: &[J]) -> Vec<JobResult<J::Output>> {
        match self.ready(jobs.len()) {
            Ok(worker) => self.worker = Some(worker),
            Err(error) => {
                let error = error.to_string();
                return jobs.iter().map(|_| Err(lost(&error))).collect();
            }
        }
        if jobs.len() > 1
            && let Ok(results) = self.call(jobs)
        {
            return results;
        }
        jobs.chunks(1)
            .map(|job| self.call(job)?.remove(0))
            .collect()
    }

    /// The worker, or a new one if it has ended or would be given too many jobs.
    fn ready(&mut self, jobs: usize) -> io::Result<Worker> {
        let most = self.options.jobs_per_worker.unwrap_or(usize::MAX);
        if let Some(mut worker) = self.worker.take()
            && self.jobs.saturating_add(jobs) <= most
            && worker.is_alive()
        {
            return Ok(worker);
        }
        self.jobs = 0;
        // Once more, if the first was killed at its start: no job is to blame.
        Worker::start(&self.stop).or_else(|_| Worker::start(&self.stop))
    }

    /// Sends these jobs and receives their results. If that fails, the worker is
    /// killed.
    fn call<J: Job>(&mut self, jobs: &[J]) -> JobResult<Vec<JobResult<J::Output>>> {
        let worker = self.worker.take().map_or_else(|| self.ready(1), Ok);
        let mut worker = worker.map_err(JobError::Lost)?;
        self.jobs += jobs.len();
        let count = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let timeout = self
            .options
            .timeout
            .and_then(|time| time.checked_mul(count));
        shared::waiting("worker");
        let ask = || worker.ask::<_, Vec<Result<J::Output, String>>>(jobs, timeout);
        // A type may panic when it is written or read.
        let answer = catch_unwind(AssertUnwindSafe(ask));
        let panicked = |panic: Box<_>| Err(io::Error::other(message(&*panic)));
        match answer.unwrap_or_else(panicked) {
            Ok(results) if results.len() == jobs.len() => {
                self.worker = Some(worker);
                let panicked =
                    |result: Result<_, _>| result.map_err(JobError::Panicked);
                Ok(results.into_iter().map(panicked).collect())
            }
            Ok(_) => Err(lost("some results are missing")),
            Err(error) => Err(match (error.kind(), worker.end()) {
                (ErrorKind::TimedOut, _) => JobError::TimedOut,
                (
                    // No frame, a drop, a panic of `serde`.
                    ErrorKind::InvalidData
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::Other,
                    _,
                ) => JobError::Lost(error),
                (_, Ok(status)) => JobError::Died(status),
                (_, Err(error)) => JobError::Lost(error),
            }),
        }
    }
}

fn lost(reason: &str) -> JobError {
    JobError::Lost(io::Error::other(reason))
}
