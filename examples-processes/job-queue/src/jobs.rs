//! What the workers can do.

use std::{env, process, thread};

use process_pool::pool::Job;
use serde::{Deserialize, Serialize};

use crate::queue::Answer;

/// A job, the same for the local pool and for the queue.
#[derive(Debug, Serialize, Deserialize)]
pub enum Work {
    CountPrimes(u32),
    Panic,
    Abort,
}

impl Job for Work {
    type Output = usize;

    fn run(self) -> usize {
        let _span = shared::span(format_args!("{self:?}"));
        if env::var_os("DOOMED").is_some() {
            println!("[worker-1] This takes forever");
            loop {
                thread::park(); // until the demonstration kills the worker
            }
        }
        match self {
            Work::CountPrimes(below) => count_primes(below),
            Work::Panic => panic!("on purpose"),
            Work::Abort => process::abort(),
        }
    }

    fn init() {
        shared::lane(env::var("WORKER").unwrap_or("pool".into()));
        // Ctrl-C is for the worker, which finishes the job that it has.
        ctrlc::set_handler(|| ()).expect("it is the first handler");
    }
}

/// Six honest jobs, and two that are not.
pub fn jobs() -> Vec<Work> {
    let mut jobs = Vec::new();
    for number in 1..=6 {
        jobs.push(Work::CountPrimes(40_000 * number));
    }
    jobs.insert(2, Work::Panic);
    jobs.insert(4, Work::Abort);
    jobs
}

/// Prints a line for each job.
pub fn print(answers: Vec<Answer<Work>>) {
    for (number, (job, answer)) in (1..).zip(jobs().into_iter().zip(answers)) {
        match answer {
            Ok(primes) => println!("[job-{number}] {job:?}: {primes}"),
            Err(error) => println!("[job-{number}] {job:?}: {error}"),
        }
    }
}

fn count_primes(below: u32) -> usize {
    (2..below)
        .filter(|n| (2..=n.isqrt()).all(|d| n % d != 0))
        .count()
}
