//! A pool of worker processes, in which a job that crashes costs one result.
//!
//! - Run it: `cargo run -p process-pool`
//! - Look for: four jobs end badly, and the others are done as if nothing happened.
//! - Python: `process_pool.py`, whose pool breaks

use std::time::Duration;
use std::{hint, process};

use process_pool::pool::{self, Job, JobError, JobResult, Options, Pool};
use serde::{Deserialize, Serialize};

/// A hundred times as long as an honest job takes. Only Unix can notice a time-out.
const TIMEOUT: Option<Duration> = if cfg!(unix) {
    Some(Duration::from_secs(1))
} else {
    None
};

/// What the workers can do.
#[derive(Debug, Serialize, Deserialize)]
enum Work {
    CountPrimes(u32),
    Panic,
    Abort,
    Exit,
    RunForever,
}

impl Job for Work {
    type Output = usize;

    fn run(self) -> usize {
        let _span = shared::span(format_args!("{self:?}"));
        match self {
            Work::CountPrimes(below) => count_primes(below),
            Work::Panic => panic!("on purpose"),
            Work::Abort => process::abort(),
            Work::Exit => process::exit(3),
            Work::RunForever => loop {
                hint::spin_loop();
            },
        }
    }
}

fn count_primes(below: u32) -> usize {
    (2..below)
        .filter(|n| (2..=n.isqrt()).all(|d| n % d != 0))
        .count()
}

fn main() {
    shared::tidy_output();
    pool::serve::<Work>(); // a worker stays in here

    let pool = Pool::with(Options {
        timeout: TIMEOUT,
        ..Options::default()
    });

    println!("In the order of the jobs:");
    let mut jobs = vec![
        Work::CountPrimes(10_000),
        Work::Panic,
        Work::Abort,
        Work::Exit,
        Work::CountPrimes(20_000),
    ];
    if TIMEOUT.is_some() {
        jobs.insert(3, Work::RunForever);
    }
    for result in pool.map(jobs) {
        println!("{}", report(result));
    }

    println!("As they complete:");
    let jobs = [20_000, 15_000, 10_000].map(Work::CountPrimes);
    for (number, result) in pool.as_completed(jobs) {
        println!("[job-{}] {}", number + 1, report(result));
    }

    // `submit` returns at once, so main can do something else before it waits.
    let handle = pool.submit(Work::CountPrimes(10_000));
    println!("A worker counts, and main goes on.");
    println!("{}", report(handle.wait()));
}

fn report(result: JobResult<Work>) -> String {
    match result {
        Ok(primes) => format!("{primes} primes"),
        Err(JobError { job, cause }) => format!("{job:?}: {cause}"),
    }
}
