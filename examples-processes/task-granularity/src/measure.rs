//! What a job costs in a loop and in a pool, and when the pool is faster.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::pool::{Job, JobError, Pool};

/// No more jobs than these are measured together.
pub const MOST_JOBS: u32 = 20_000;
/// Each figure is the best of so many runs: the one that was disturbed least.
pub const RUNS: u32 = 5;
/// While the break-even is looked for: how long the jobs take in a loop, unless
/// that is too few to keep all workers busy, and how often the pool may try.
const SHORT: Duration = Duration::from_millis(5);
const FEWEST_JOBS: u32 = 50;
const TRIES: u32 = 10;

/// The job: the square of a number, after some steps of other work.
#[derive(Serialize, Deserialize)]
pub struct Square {
    number: u64,
    steps: u64,
}

impl Job for Square {
    type Output = u64;

    fn run(self) -> u64 {
        work(self.steps);
        self.number * self.number
    }
}

/// Keeps a core busy. Not inlined: so it takes as long wherever it is called.
#[inline(never)]
fn work(steps: u64) {
    for step in 0..steps {
        black_box(step); // or the optimizer would remove the loop
    }
}

/// Jobs that all take as long.
#[derive(Clone, Copy)]
pub struct Jobs {
    /// How many.
    pub count: u32,
    /// How many steps of work each of them is.
    pub steps: u64,
}

impl Jobs {
    /// Jobs that take `each`, and `total` together if they are done in a loop; but
    /// no more than [`MOST_JOBS`].
    pub fn new(each: Duration, total: Duration) -> Jobs {
        const STEPS: u64 = 100_000;
        static TIME: LazyLock<Duration> = LazyLock::new(|| {
            let run = |_| {
                let start = Instant::now();
                work(STEPS);
                start.elapsed()
            };
            (0..RUNS).map(run).min().expect("it has run")
        });
        let steps = each.as_nanos() * u128::from(STEPS) / TIME.as_nanos();
        let count = total.as_nanos() / each.as_nanos().max(1);
        Jobs {
            count: u32::try_from(count)
                .unwrap_or(MOST_JOBS)
                .clamp(1, MOST_JOBS),
            steps: u64::try_from(steps).unwrap_or(u64::MAX),
        }
    }

    fn iter(self) -> impl Iterator<Item = Square> {
        let steps = self.steps;
        (0..self.count).map(move |n| Square {
            number: n.into(),
            steps,
        })
    }

    /// The squares, computed by this thread.
    pub fn in_loop(self) -> Vec<u64> {
        self.iter().map(|job| black_box(job).run()).collect()
    }

    /// The squares, computed by other processes.
    pub fn in_pool(self, pool: &Pool) -> Result<Vec<u64>, JobError> {
        pool.map(self.iter()).into_iter().collect()
    }

    /// How many microseconds a job takes in a loop.
    pub fn time_in_loop(self) -> f64 {
        let runs = (0..RUNS).map(|_| self.time(|| self.in_loop()).1);
        runs.fold(f64::INFINITY, f64::min)
    }

    /// How many microseconds it takes in a pool, from the first job to the last
    /// result.
    pub fn time_in_pool(self, pool: &Pool) -> Result<f64, JobError> {
        (0..RUNS)
            .try_fold(f64::INFINITY, |best, _| Ok(self.try_pool(pool)?.min(best)))
    }

    fn try_pool(self, pool: &Pool) -> Result<f64, JobError> {
        let (squares, time) = self.time(|| self.in_pool(pool));
        squares.map(|_| time)
    }

    fn time<R>(self, run: impl FnOnce() -> R) -> (R, f64) {
        let start = Instant::now();
        let done = run();
        (
            done,
            start.elapsed().as_secs_f64() * 1e6 / f64::from(self.count),
        )
    }
}

/// In how many chunks the pool sends its jobs: at the end they become smaller, so
/// that no worker has a whole chunk to do when the others are done.
pub fn chunks(jobs: u32, chunk: usize, workers: usize) -> usize {
    let (mut left, mut chunks) = (jobs as usize, 0);
    while left > 0 {
        left -= (left / (2 * workers)).clamp(1, chunk);
        chunks += 1;
    }
    chunks
}

/// Whether the pool can do jobs of this length sooner than a loop.
pub fn pays(pool: &Pool, job: Duration) -> Result<bool, JobError> {
    let mut jobs = Jobs::new(job, SHORT);
    jobs.count = jobs.count.max(FEWEST_JOBS);
    let in_loop = jobs.time_in_loop();
    for _ in 0..TRIES {
        if jobs.try_pool(pool)? < in_loop {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How long a job has to take at least so that it `pays`, to about a tenth: `None`
/// if that is more than `most`. The nearer the `guess`, the sooner it is found.
pub fn break_even<E>(
    guess: Duration,
    most: Duration,
    pays: impl Fn(Duration) -> Result<bool, E>,
) -> Result<Option<Duration>, E> {
    let mut high = guess;
    while !pays(high)? {
        if high == most {
            return Ok(None);
        }
        high = (high * 2).min(most);
    }
    let mut low = high / 2;
    while !low.is_zero() && pays(low)? {
        (low, high) = (low / 2, low);
    }
    while low + (high / 10).max(Duration::from_nanos(1)) < high {
        let middle = (low + high) / 2;
        if pays(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Some(high))
}
