//! What it costs to hand jobs to other processes, one by one and in chunks, and how
//! long a job has to take before that pays.
//!
//! - Run it: `cargo run -p task-granularity`, or with how many microseconds one of
//!   your jobs takes: `cargo run --release -p task-granularity -- 50`
//! - Look for: a pool that is far slower than a loop, and what chunks do about it.
//! - Python: `task_granularity.py`

mod measure;
mod pool;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::num::NonZero;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use anyhow::Result;
use measure::{Jobs, Square};
use pool::{Options, Pool};

/// The last is what the pool takes when it is told nothing.
const CHUNKS: [usize; 4] = [1, 10, 100, 1000];
const LONGEST_JOB: Duration = Duration::from_millis(10);
/// The break-even is looked for up to here.
const BREAK_EVEN: Duration = Duration::from_millis(1);
/// How long the jobs take in a loop, at most.
const TOTAL: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    shared::tidy_output();
    pool::serve::<Square>(); // a worker stays in here

    let job = match parse(env::args_os().skip(1)) {
        Ok(job) => job,
        Err(wrong_argument) => {
            let _ = writeln!(io::stderr(), "{wrong_argument}");
            return ExitCode::from(2);
        }
    };
    let Err(error) = run(job) else {
        return ExitCode::SUCCESS;
    };
    // Whoever read our lines has left (`| head -1`): nobody to tell.
    let left = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    if !error.downcast_ref().is_some_and(left) {
        let _ = writeln!(io::stderr(), "{error:#}");
    }
    ExitCode::FAILURE
}

/// Measures with squares, or with jobs that take so long.
fn run(job: Option<Duration>) -> Result<()> {
    let mut out = io::stdout();
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let new_pool = |chunk| {
        let (workers, chunk) = (Some(workers), Some(chunk));
        Pool::with(Options {
            workers,
            chunk,
            ..Options::default()
        })
    };
    let squares = Jobs {
        count: 10,
        steps: 0,
    }
    .in_pool(&new_pool(1))?;
    writeln!(out, "Squares: {squares:?}")?;

    let jobs = Jobs::new(job.unwrap_or_default(), TOTAL);
    let count = jobs.count;
    let kind = job.map_or("squares".into(), |job| format!("jobs of {job:?}"));
    writeln!(
        out,
        "{count} {kind}, in a loop and in a pool. Workers: {workers}"
    )?;
    writeln!(out, "{}", table::head())?;
    let in_loop = jobs.time_in_loop();
    writeln!(out, "{}", table::row("loop", "", in_loop, in_loop))?;
    for chunk in CHUNKS {
        let _span = shared::span(format_args!("chunks of {chunk}"));
        let pool = new_pool(chunk);
        let in_pool = jobs.time_in_pool(&pool)?;
        let chunks = measure::chunks(count, chunk, workers).to_string();
        let row = table::row(&chunk.to_string(), &chunks, in_pool, in_loop);
        writeln!(out, "{row}")?;
    }
    let alone = at_least(&new_pool(1), 1)?;
    let in_chunks = at_least(&new_pool(1000), 1000)?;
    writeln!(
        out,
        "A job has to take {alone} before handing it to another process pays;\n\
         in chunks of 1000 it has to take {in_chunks}."
    )?;
    if cfg!(debug_assertions) {
        writeln!(out, "(Debug build: figures that count need --release.)")?;
    }
    Ok(())
}

/// The break-even of jobs in such chunks.
fn at_least(pool: &Pool, chunk: u32) -> Result<String> {
    let _span = shared::span("break-even");
    let guess = Duration::from_micros(100) / chunk;
    let pays = |job| measure::pays(pool, job);
    Ok(match measure::break_even(guess, BREAK_EVEN, pays)? {
        Some(job) => table::microseconds(job.as_secs_f64() * 1e6),
        None => format!("more than {BREAK_EVEN:?}"),
    })
}

/// No argument, or how many microseconds a job takes.
fn parse(
    mut args: impl Iterator<Item = OsString>,
) -> Result<Option<Duration>, String> {
    let Some(arg) = args.next() else {
        return Ok(None);
    };
    if let Some(extra) = args.next() {
        return Err(format!("unexpected argument \"{}\"", extra.display()));
    }
    let job = arg.to_str().and_then(|arg| arg.parse().ok());
    let job = job.and_then(|job: f64| Duration::try_from_secs_f64(job / 1e6).ok());
    job.filter(|job| *job <= LONGEST_JOB)
        .map(Some)
        .ok_or_else(|| {
            let (most, arg) = (LONGEST_JOB.as_micros(), arg.display());
            format!(
                "expected the microseconds of a job, 0 to {most}, not \"{arg}\""
            )
        })
}
