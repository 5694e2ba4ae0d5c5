//! A pool of worker processes: typed jobs, results in order, and a job that
//! crashes or runs for ever costs one result.
//!
//! - Run it: `cargo run -p process-pool`
//! - Look for: four jobs end badly, and the two beside them do not notice.
//! - Python: `process_pool.py`, whose pool breaks

mod pool;

use std::io::{self, ErrorKind, Write};
use std::process::{self, ExitCode};
use std::time::Duration;
use std::{env, hint, panic};

use pool::{Job, JobResult, Options, Pool};
use serde::{Deserialize, Serialize};

/// How long one job may take: a hundred times as long as the honest ones do.
const TIMEOUT: Duration = Duration::from_secs(1);

/// What the workers can do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Work {
    CountPrimes(u64),
    Panic,
    Abort,
    Exit,
    RunForEver,
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
            Work::RunForEver => loop {
                hint::spin_loop();
            },
        }
    }

    fn init() {
        // The caller gets the message: the terminal need not.
        panic::set_hook(Box::new(|_| ()));
    }
}

/// By trial division, which is slow.
fn count_primes(below: u64) -> usize {
    let is_prime = |&n: &u64| (2..=n.isqrt()).all(|d| !n.is_multiple_of(d));
    (2..below).filter(is_prime).count()
}

fn main() -> ExitCode {
    shared::tidy_output();
    pool::serve::<Work>(); // a worker stays in here

    if let Some(argument) = env::args_os().nth(1) {
        let argument = argument.display();
        let _ = writeln!(io::stderr(), "expected no argument, not \"{argument}\"");
        return ExitCode::from(2);
    }
    let Err(error) = run() else {
        return ExitCode::SUCCESS;
    };
    // Whoever read our lines has left (`| head -1`): nobody to tell.
    if error.kind() != ErrorKind::BrokenPipe {
        let _ = writeln!(io::stderr(), "{error}");
    }
    ExitCode::FAILURE
}

fn run() -> io::Result<()> {
    let mut out = io::stdout();
    // Off Unix, this pool cannot end a job that runs for ever.
    let timeout = cfg!(unix).then_some(TIMEOUT);
    let pool = Pool::with(Options {
        timeout,
        ..Options::default()
    });

    writeln!(out, "In the order of the jobs:")?;
    let mut jobs = vec![
        Work::CountPrimes(15_000),
        Work::Panic,
        Work::Abort,
        Work::RunForEver,
        Work::Exit,
        Work::CountPrimes(20_000),
    ];
    jobs.retain(|job| timeout.is_some() || *job != Work::RunForEver);
    for (job, result) in jobs.iter().zip(pool.map(jobs.clone())) {
        writeln!(out, "{}", report(job, result))?;
    }

    writeln!(out, "As they complete:")?;
    let jobs = [20_000, 15_000, 10_000].map(Work::CountPrimes);
    for (place, result) in pool.as_completed(jobs) {
        writeln!(out, "[job-{}] {}", place + 1, report(&jobs[place], result))?;
    }

    let job = Work::CountPrimes(10_000);
    let handle = pool.submit(job);
    writeln!(out, "A worker counts, and main goes on.")?;
    writeln!(out, "{}", report(&job, handle.wait()))
}

fn report(job: &Work, result: JobResult<usize>) -> String {
    match result {
        Ok(primes) => format!("{job:?}: {primes} primes"),
        Err(error) => format!("{job:?}: {error}"),
    }
}
