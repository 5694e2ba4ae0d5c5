//! The same squares in a loop and in a pool of processes: what a job costs when it
//! is sent alone, and when it travels in a chunk with others.
//!
//! - Run it: `cargo run -p task-granularity`, with `--release` for real figures
//! - Look for: a pool that is far slower than a loop, and what chunks do about it.
//! - Python: `task_granularity.py`

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use anyhow::Result;
use process_pool::pool::{self, Job, Options, Pool};
use serde::{Deserialize, Serialize};

const JOBS: u32 = 20_000;
const CHUNKS: [usize; 4] = [1, 10, 100, 1000];
/// Each figure is the best of this many runs: the one that was disturbed least.
const RUNS: u32 = 5;

#[derive(Serialize, Deserialize)]
struct Square(u32);

impl Job for Square {
    type Output = u64;

    fn run(self) -> u64 {
        u64::from(self.0).pow(2) // your work
    }
}

fn main() -> Result<()> {
    shared::tidy_output();
    pool::serve::<Square>(); // a worker stays in here

    let workers = thread::available_parallelism()?.get();
    let squares: Vec<u64> = Pool::new(workers)
        .map((0..10).map(Square))
        .collect::<Result<_, _>>()?;
    println!("Squares: {squares:?}");

    println!("{JOBS} squares, in a loop and in a pool. Workers: {workers}");
    println!(" chunk        a job");
    let in_loop = best_time(|| {
        for number in 0..JOBS {
            // Without black_box, the compiler would remove the whole loop.
            black_box(black_box(Square(number)).run());
        }
        Ok(())
    })?;
    println!("  loop {in_loop:9.3} µs");

    let mut in_pool = Vec::new();
    for chunk in CHUNKS {
        let _span = shared::span(format_args!("chunks of {chunk}"));
        let pool = Pool::with(Options {
            workers: Some(workers),
            chunk: Some(chunk),
            ..Options::default()
        });
        let time = best_time(|| {
            for square in pool.map((0..JOBS).map(Square)) {
                square?;
            }
            Ok(())
        })?;
        let ratio = time / in_loop;
        println!("{chunk:6} {time:9.3} µs {ratio:9.1} × the loop");
        in_pool.push(time);
    }

    let (alone, in_chunks) = (in_pool[0], in_pool[CHUNKS.len() - 1]);
    if workers > 1 && in_loop < in_chunks && in_chunks < alone {
        // While n workers do n jobs, a loop does one, so n - 1 jobs pay for it all.
        let workers = f64::from(u32::try_from(workers)?);
        let share = workers / (workers - 1.0);
        let (alone, in_chunks) = (share * alone, share * in_chunks);
        println!(
            "A pool pays if a job takes {alone:.1} µs, \
             or {in_chunks:.2} µs in chunks."
        );
    } else {
        println!("No conclusion: this machine is busy, or the jobs are not small.");
    }
    if cfg!(debug_assertions) {
        println!("(A debug build: for real figures, use --release.)");
    }
    Ok(())
}

/// The microseconds that each of the jobs takes.
fn best_time(do_jobs: impl Fn() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        do_jobs()?;
        let each = start.elapsed().as_secs_f64() * 1e6 / f64::from(JOBS);
        best = best.min(each);
    }
    Ok(best)
}
