//! A pool of worker processes: jobs in, results out, and a crash costs one job.
//!
//! The workers are this same program, started again. Each worker has a
//! *supervisor*: a thread of the pool that takes jobs from the queue, sends them to
//! its worker, waits for the results, and replaces the worker when it is lost.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | what you use: [`Job`], [`Options`], [`serve`], [`Pool`] |
//! | `calls.rs` | `submit`, `map` and `as_completed` |
//! | `supervisor.rs` | the thread that owns a worker |
//! | `worker.rs` | a worker process, seen from its supervisor and from inside |
//! | `channel.rs` | the socket pair between the two, and what travels through it |
//!
//! What an expert may want to know:
//!
//! - **In an async program**, call [`serve`] in a plain `fn main` before you start
//!   the runtime, so that workers have none. Wait for results in
//!   `spawn_blocking(move || pool.submit(job).wait())`, where `pool` is an
//!   `Arc<Pool>`, because `wait`, `map` and `as_completed` block their thread.
//! - **In a unit test**, the program that would be started again is the test
//!   harness, which does not call `serve`. Test your pool from a program, or with
//!   `harness = false`.
//! - **Ctrl-C** also reaches the workers, because the terminal sends it to the
//!   whole group. If your program handles it and finishes its jobs, let
//!   [`Job::init`] ignore it in the workers.
//! - **A program that a job starts** inherits the standard input of the worker,
//!   which is the channel, so give it `Stdio::null()`. It also outlives the worker.
//! - **Workers get no arguments of yours.** Give a job what it needs, or let `init`
//!   load it into a `static`.
//! - **On systems other than Unix** the channel is a pair of pipes. There a job
//!   must not print, time-outs are refused, and a busy worker outlives its pool
//!   until its job is done.

#![allow(dead_code, unused_imports, reason = "a program uses what it needs")]

mod calls;
mod channel;
mod supervisor;
mod worker;

use std::any::TypeId;
use std::fmt::{self, Debug, Display};
use std::io;
use std::num::NonZero;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SendError, Sender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

pub use calls::Handle;
pub use channel::{MAX_FRAME, TICK};
use supervisor::{Supervisor, Task};

/// What a worker can do: usually an enum with a variant for each kind of job.
///
/// If jobs or results contain long `Vec<u8>`s, put `#[serde(with = "serde_bytes")]`
/// (the crate `serde_bytes`) on these fields. Without it `serde` writes and reads
/// them byte by byte, which takes several times as long.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// What comes back.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Does the job, in a worker.
    fn run(self) -> Self::Output;

    /// Runs once in every worker, before its first job.
    fn init() {}
}

/// What a job returns, or the job itself and why it has no result.
pub type JobResult<J> = Result<<J as Job>::Output, JobError<J>>;

/// A job that failed.
pub struct JobError<J> {
    /// The job, which you may log or try again.
    pub job: J,
    /// Why it has no result.
    pub cause: Cause,
}

/// Why a job has no result.
#[derive(Debug)]
pub enum Cause {
    /// It panicked, with this message. Its worker is still there.
    Panicked(String),
    /// Its worker ended while it ran: by an abort (also that of a stack overflow),
    /// an `exit` or a signal.
    Died(ExitStatus),
    /// It took longer than [`Options::timeout`]. Its worker was killed.
    TimedOut,
    /// The job or its result could not be sent (kind `InvalidData`), the pool was
    /// dropped (`ConnectionAborted`), or no worker could be started.
    Lost(io::Error),
}

impl<J> Display for JobError<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Display::fmt(&self.cause, f)
    }
}

impl<J> Debug for JobError<J> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("JobError")
            .field("cause", &self.cause)
            .finish_non_exhaustive() // the job may be long
    }
}

impl<J> std::error::Error for JobError<J> {}

impl Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cause::Panicked(message) => write!(f, "panicked: {message}"),
            Cause::Died(status) => write!(f, "its worker ended with {status}"),
            Cause::TimedOut => write!(f, "took too long"),
            Cause::Lost(error) => write!(f, "{error}"),
        }
    }
}

/// How a pool works. `None` and `false` stand for the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How many worker processes. Default: one for each core.
    pub workers: Option<usize>,
    /// How long a job may take after a worker got it. A time-out is noticed up to a
    /// [`TICK`] late. `init` has no time limit. Default: none.
    ///
    /// The time in the queue does not count. To limit both together, use
    /// [`Handle::wait_timeout`] and then [`Handle::cancel`].
    ///
    /// A chunk can only be timed as a whole, so it may take the limit times the
    /// number of its jobs.
    pub timeout: Option<Duration>,
    /// A worker is replaced by a new one after this many jobs. Default: never.
    pub jobs_per_worker: Option<usize>,
    /// How many jobs `map` sends to a worker at once, at most. Default: 1000, or 1
    /// if there is a time-out. (In a chunk of 1000, a job that hangs would only be
    /// noticed after 1000 time-outs.)
    pub chunk: Option<usize>,
    /// How many jobs of one call may wait or run at most. The call takes more from
    /// its iterator when results come back (`map` is ahead by up to two more chunks
    /// for each worker). Default: 4 chunks for each worker, and up to 1024 jobs for
    /// each worker while jobs take less than a millisecond.
    pub queue: Option<usize>,
    /// Whether workers print the panics of their jobs to standard error. Default:
    /// no, because the caller gets the message. Other panics are always printed.
    pub show_panics: bool,
    /// Whether the system may write a core file when a worker crashes (Unix).
    /// Default: no, because a core file is as large as the memory of the worker,
    /// may contain secrets, and there would be one for each crash.
    pub core_files: bool,
}

/// The type of the jobs that the workers do, once `serve` was called.
static SERVED: OnceLock<TypeId> = OnceLock::new();

/// Call this in the first line of `main`: in a worker it does the jobs and never
/// returns, and in your program it does nothing.
pub fn serve<J: Job>() {
    SERVED.get_or_init(TypeId::of::<J>);
    if worker::is_this_process() {
        worker::serve::<J>();
    }
}

/// A pool of worker processes. When it is dropped, all of them end within two
/// [`TICK`]s, even if they are busy. Threads may share it by `&` or `Arc`.
pub struct Pool {
    options: Options,
    workers: usize,
    /// `None` while the pool is being dropped.
    queue: Option<Sender<Task>>,
    /// Tells the supervisors that the pool is being dropped.
    stop: Arc<AtomicBool>,
    supervisors: Vec<JoinHandle<()>>,
    /// Used where no thread can be started: the caller then supervises a worker.
    caller: Mutex<Supervisor>,
}

impl Pool {
    /// Makes a pool with this many workers and otherwise the default options.
    ///
    /// # Panics
    /// See [`Pool::with`].
    #[must_use]
    pub fn new(workers: usize) -> Pool {
        Pool::with(Options {
            workers: Some(workers),
            ..Options::default()
        })
    }

    /// Makes a pool. It has fewer workers than you asked for if the system can't
    /// start more threads or processes. If there is no worker at all, every job
    /// fails with [`Cause::Lost`], which says why.
    ///
    /// # Panics
    /// If `serve` was not called, because the workers would run `main` and start
    /// more workers. If there is a time-out, but the system is not Unix.
    #[must_use]
    pub fn with(options: Options) -> Pool {
        assert!(
            SERVED.get().is_some(),
            "`main` has to call `pool::serve` first"
        );
        assert!(
            cfg!(unix) || options.timeout.is_none(),
            "time-outs need Unix"
        );
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers = options.workers.unwrap_or(cores).max(1);
        let (queue, tasks) = mpsc::channel();
        let tasks = Arc::new(Mutex::new(tasks));
        let stop = Arc::new(AtomicBool::new(false));
        let mut supervisors = Vec::new();

        // A supervisor without a worker leaves, unless it is the last one. The lock
        // makes it wait until it is known how many there are.
        let count = Arc::new(Mutex::new(0));
        let mut started = count.lock().unwrap();
        for number in 1..=workers {
            let supervisor = Supervisor::new(options, &stop);
            let (tasks, count) = (tasks.clone(), count.clone());
            let thread = thread::Builder::new()
                .name(format!("supervisor-{number}"))
                // A deeply nested result needs more stack than a thread has.
                .stack_size(32 << 20)
                .spawn(move || supervisor.work(&tasks, &count));
            match thread {
                Ok(thread) => supervisors.push(thread),
                Err(_) => break, // the system has no room for another thread
            }
        }
        *started = supervisors.len();
        drop(started);

        Pool {
            options,
            workers,
            queue: Some(queue),
            caller: Mutex::new(Supervisor::new(options, &stop)),
            stop,
            supervisors,
        }
    }

    /// Puts a task for one supervisor into the queue.
    fn push<J: Job>(&self, task: impl FnOnce(&mut Supervisor) + Send + 'static) {
        assert_eq!(
            SERVED.get(),
            Some(&TypeId::of::<J>()),
            "`pool::serve` was called for another type of jobs"
        );
        let queue = self.queue.as_ref().expect("only drop takes it");
        if let Err(SendError(task)) = queue.send(Box::new(task)) {
            // No supervisor is there to receive it.
            task(&mut self.caller.lock().unwrap());
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // The supervisors take the tasks that are left, and fail them at once.
        self.stop.store(true, Ordering::Relaxed);
        self.queue = None;
        for supervisor in self.supervisors.drain(..) {
            let _ = supervisor.join();
        }
    }
}
