//! A supervisor: one thread that owns one worker process.

use std::any::Any;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

use super::channel::frame;
use super::worker::Worker;
use super::{Cause, Job, JobError, JobResult, Options};

/// What the queue holds.
pub type Task = Box<dyn FnOnce(&mut Supervisor) + Send>;

/// What a worker answers: for each job its output, or the message of its panic.
pub type Answers<J> = Vec<Result<<J as Job>::Output, String>>;

/// Keeps a worker, and replaces it when it is lost.
pub struct Supervisor {
    options: Options,
    stop: Arc<AtomicBool>,
    /// `None` before the first job, and after a loss.
    worker: Option<Worker>,
    /// How many jobs that worker was given.
    jobs_given: usize,
}

impl Supervisor {
    pub fn new(options: Options, stop: &Arc<AtomicBool>) -> Self {
        Self {
            options,
            stop: stop.clone(),
            worker: None,
            jobs_given: 0,
        }
    }

    /// Does what is in the queue, until the pool is dropped.
    pub fn work(
        mut self,
        tasks: &Mutex<Receiver<Task>>,
        supervisors: &Mutex<usize>,
    ) {
        if self.prepare(0).is_err() {
            let mut left = supervisors.lock().unwrap();
            if *left > 1 {
                // The others do the jobs. The last one stays, to report the error.
                *left -= 1;
                return;
            }
        }
        loop {
            shared::waiting("queue");
            // A statement of its own, so that the lock is free while a job runs.
            let task = tasks.lock().unwrap().recv();
            let Ok(task) = task else {
                return; // the pool was dropped
            };
            // Dropping a job or a result may panic, which must not end this thread.
            let _ = catch_unwind(AssertUnwindSafe(|| task(&mut self)));
        }
    }

    /// Does these jobs: together, and if that fails, one by one.
    pub fn run<J: Job>(&mut self, jobs: Vec<J>) -> Vec<JobResult<J>> {
        if let Err(error) = self.prepare(jobs.len()) {
            // No job tries again to start a worker: that would take too long.
            let fail = |job| {
                let cause =
                    Cause::Lost(io::Error::new(error.kind(), error.to_string()));
                Err(JobError { job, cause })
            };
            return jobs.into_iter().map(fail).collect();
        }
        if jobs.len() > 1
            && let Ok(answers) = self.ask(&jobs)
        {
            return jobs
                .into_iter()
                .zip(answers)
                .map(|(job, answer)| result_of(job, answer))
                .collect();
        }
        jobs.into_iter().map(|job| self.run_alone(job)).collect()
    }

    fn run_alone<J: Job>(&mut self, job: J) -> JobResult<J> {
        match self.ask(slice::from_ref(&job)) {
            Ok(mut answers) => result_of(job, answers.remove(0)),
            Err(cause) => Err(JobError { job, cause }),
        }
    }

    /// Makes sure that there is a worker that may be given this many jobs.
    fn prepare(&mut self, jobs: usize) -> io::Result<()> {
        let max_jobs = self.options.jobs_per_worker.unwrap_or(usize::MAX);
        let is_ready = self.jobs_given.saturating_add(jobs) <= max_jobs
            && self.worker.as_mut().is_some_and(Worker::seems_alive);
        if !is_ready {
            self.worker = None; // it ends before the next one starts
            self.worker = Some(self.start_worker()?);
        }
        Ok(())
    }

    fn start_worker(&mut self) -> io::Result<Worker> {
        self.jobs_given = 0;
        // Try again if the first one is killed while it starts: no job is to blame.
        Worker::start(&self.options, &self.stop)
            .or_else(|_| Worker::start(&self.options, &self.stop))
    }

    /// Sends these jobs to the worker, and receives the answers. If that fails, the
    /// worker is killed.
    fn ask<J: Job>(&mut self, jobs: &[J]) -> Result<Answers<J>, Cause> {
        let question = catch_panic(|| frame(jobs)).map_err(Cause::Lost)?;
        let count = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let timeout = self
            .options
            .timeout
            .and_then(|timeout| timeout.checked_mul(count));

        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start_worker().map_err(Cause::Lost)?,
        };
        let mut sent = worker.send(&question, timeout);
        if matches!(&sent, Err(error) if error.kind() == ErrorKind::BrokenPipe) {
            // It died before it received the jobs, so they are not to blame.
            worker = self.start_worker().map_err(Cause::Lost)?;
            sent = worker.send(&question, timeout);
        }
        self.jobs_given += jobs.len();

        shared::waiting("worker");
        let answers = catch_panic(|| {
            sent?;
            let answers: Answers<J> = worker.receive()?;
            if answers.len() == jobs.len() {
                Ok(answers)
            } else {
                let why = "the worker sent too many or too few results";
                Err(io::Error::new(ErrorKind::InvalidData, why))
            }
        });
        let error = match answers {
            Ok(answers) => {
                self.worker = Some(worker);
                return Ok(answers);
            }
            Err(error) => error,
        };
        // A worker in an unknown state must not get another job.
        let status = worker.end();
        Err(match error.kind() {
            ErrorKind::TimedOut => Cause::TimedOut,
            // What was received makes no sense, the pool was dropped, or a panic.
            ErrorKind::InvalidData
            | ErrorKind::ConnectionAborted
            | ErrorKind::Other => Cause::Lost(error),
            // The channel broke, and the end of the worker says why.
            _ => status.map_or_else(Cause::Lost, Cause::Died),
        })
    }
}

/// Runs code of a job's type, which writes jobs and reads results and may panic.
fn catch_panic<T>(code: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(code))
        .unwrap_or_else(|panic| Err(io::Error::other(panic_message(&*panic))))
}

fn result_of<J: Job>(job: J, answer: Result<J::Output, String>) -> JobResult<J> {
    match answer {
        Ok(output) => {
            // If dropping the job panics, its result and those of others are not
            // lost.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(job)));
            Ok(output)
        }
        Err(message) => Err(JobError {
            job,
            cause: Cause::Panicked(message),
        }),
    }
}

/// What was given to `panic!`, or an empty text if that is no text.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(literal) = panic.downcast_ref::<&str>() {
        (*literal).to_owned()
    } else {
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    }
}
