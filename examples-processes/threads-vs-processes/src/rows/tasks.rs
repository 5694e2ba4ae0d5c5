//! Tasks for pools: tiny ones, one by one and in chunks; ones that compute, and
//! ones that wait.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use threadpool::ThreadPool;

use super::{Effort, Row, Unit, row};
use crate::measure::{self, Samples, Work};
use crate::pool::{Job, Pool};
use crate::table;
use crate::worker;

/// What a chunk of tiny tasks holds at most, in either pool.
const CHUNK: usize = 1_000;
/// How many tiny tasks a pool gets at once.
const MANY: u64 = if cfg!(debug_assertions) {
    2_000
} else {
    50_000
};

/// The numbers of the computation begin here: large, so that each takes some work.
const FIRST: u64 = 100_000_000;
const NUMBERS: u64 = if cfg!(debug_assertions) {
    4_800
} else {
    200_000
};
/// Divides by as many workers as machines tend to have.
const SHARES: u64 = if cfg!(debug_assertions) { 48 } else { 480 };

const WAIT: Duration = Duration::from_millis(5);
const WAITS: u64 = if cfg!(debug_assertions) { 16 } else { 64 };
const WAITERS: usize = if cfg!(debug_assertions) { 4 } else { 16 };

/// What the workers of both pools do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Task {
    Double(u64),
    CountPrimes(u64, u64),
    Wait(Duration),
    Panic,
    Abort,
}

impl Job for Task {
    type Output = u64;

    fn run(self) -> u64 {
        match self {
            Task::Double(number) => 2 * number,
            Task::CountPrimes(from, below) => count_primes(from, below),
            Task::Wait(time) => {
                thread::sleep(time);
                1
            }
            Task::Panic => panic!(),
            Task::Abort => std::process::abort(),
        }
    }

    fn init() {
        worker::quiet_crashes();
    }
}

/// By trial division, which keeps a core busy.
pub fn count_primes(from: u64, below: u64) -> u64 {
    let is_prime = |&n: &u64| n > 1 && (2..=n.isqrt()).all(|d| n % d != 0);
    (from..below).filter(is_prime).count() as u64
}

/// A task goes to a pool, and its result comes back, before the next one goes.
pub fn single(effort: &Effort) -> Result<Vec<Row>> {
    let (threads, processes) = pools(effort.cores);
    let threads = |times| {
        for number in 0..times {
            let (sender, result) = mpsc::channel();
            threads.execute(move || {
                let _ = sender.send(Task::Double(number).run());
            });
            ensure!(result.recv()? == 2 * number, "a wrong result");
        }
        Ok(())
    };
    let processes = |times| {
        for number in 0..times {
            let result = processes.submit(Task::Double(number)).wait()?;
            ensure!(result == 2 * number, "a wrong result");
        }
        Ok(())
    };
    let mut row = effort.compare(
        "a tiny task through a pool, one by one",
        Box::new(threads),
        Box::new(processes),
    )?;
    row.noisy = true; // it wakes up cores that may or may not sleep
    row.means = format!(
        "A task should compute for more than {}, or the way to a process \
         costs more.",
        table::figure(median(row.processes.as_ref()), Unit::Seconds)
    );
    Ok(vec![row])
}

/// The same, many at once: the pools carry them in chunks.
pub fn chunks(effort: &Effort) -> Result<Vec<Row>> {
    let pools = pools(effort.cores);
    let tasks: Vec<Task> = (0..MANY).map(Task::Double).collect();
    let [threads, processes] = both(&pools, &tasks, CHUNK, MANY * (MANY - 1));
    let name = "a tiny task through a pool, in chunks of 1000";
    let mut row = effort.compare(name, threads, processes)?;
    row.noisy = true; // as before, and where the memory comes to lie
    row.threads = row.threads.map(|all| all.over(MANY));
    row.processes = row.processes.map(|all| all.over(MANY));
    row.means = format!(
        "In chunks the way there and back is {} a task: send many together.",
        table::figure(median(row.processes.as_ref()), Unit::Seconds)
    );
    Ok(vec![row])
}

/// CPU-bound: the same computation on more and more workers.
pub fn compute(effort: &Effort) -> Result<Vec<Row>> {
    let points = effort.points();
    let primes = count_primes(FIRST, FIRST + NUMBERS);
    let pools: Vec<_> = points.iter().map(|&workers| pools(workers)).collect();
    let share = NUMBERS.div_ceil(SHARES);
    let tasks: Vec<Task> = (FIRST..FIRST + NUMBERS)
        .step_by(usize::try_from(share)?)
        .map(|from| Task::CountPrimes(from, (from + share).min(FIRST + NUMBERS)))
        .collect();
    let works = pools
        .iter()
        .flat_map(|pools| both(pools, &tasks, 1, primes));
    let mut works: Vec<Work> = works.collect();
    // As much time on a machine with many cores as on one with few.
    let budget = effort.budget * 8 / u32::try_from(works.len())?;
    let samples = measure::in_turn(budget, &mut works)?;
    let rows = points
        .iter()
        .zip(samples.chunks(2))
        .map(|(&workers, pair)| {
            let plural = if workers == 1 { "" } else { "s" };
            let name = format!("compute, a number, {workers} worker{plural}");
            let [threads, processes] = pair else {
                unreachable!("pairs of samples")
            };
            let [threads, processes] =
                [threads, processes].map(|all| all.over(NUMBERS));
            let row = row(name, Unit::Seconds, threads, processes);
            Row {
                workers: Some(workers),
                ..row
            }
        });
    let mut rows: Vec<Row> = rows.collect();
    let last = rows.len() - 1;
    let times = |of: fn(&Row) -> Option<&Samples>| {
        median(of(&rows[0])) / median(of(&rows[last]))
    };
    let means = format!(
        "Threads are {:.2} times as fast as one, processes {:.2} times: without \
         a GIL it is the same.",
        times(|row| row.threads.as_ref()),
        times(|row| row.processes.as_ref())
    );
    rows[0].means = "One worker of either kind computes at the same speed.".into();
    rows[last].means = means;
    Ok(rows)
}

/// I/O-bound: waits stand for a network or a disk.
pub fn wait(effort: &Effort) -> Result<Vec<Row>> {
    let pools = pools(WAITERS);
    let tasks = vec![Task::Wait(WAIT); usize::try_from(WAITS)?];
    let [threads, processes] = both(&pools, &tasks, 1, WAITS);
    let name = format!(
        "wait {WAITS} times {} ms, {WAITERS} workers",
        WAIT.as_millis()
    );
    let mut row = effort.compare(name, threads, processes)?;
    let alone = WAIT * u32::try_from(WAITS)?;
    row.means = format!(
        "One after the other: {} ms. Who waits needs no core, so take the \
         cheaper: threads.",
        alone.as_millis()
    );
    Ok(vec![row])
}

fn pools(workers: usize) -> (ThreadPool, Pool) {
    (
        ThreadPool::with_name("thread".into(), workers),
        Pool::new(workers),
    )
}

/// The tasks, so many together, as work for either pool. What they return has to
/// add up to `sum`.
fn both<'a>(
    (threads, processes): &'a (ThreadPool, Pool),
    tasks: &'a [Task],
    together: usize,
    sum: u64,
) -> [Work<'a>; 2] {
    let right = move |found| {
        ensure!(
            found == sum,
            "the results add up to {found} and not to {sum}"
        );
        Ok(())
    };
    [
        Box::new(move |times| {
            let mut times = 0..times;
            times.try_for_each(|_| right(on_threads(threads, tasks, together)))
        }),
        Box::new(move |times| {
            let mut times = 0..times;
            times.try_for_each(|_| right(in_processes(processes, tasks)?))
        }),
    ]
}

/// Does the tasks in a pool of threads, so many together. Returns the sum of what
/// they return.
fn on_threads(pool: &ThreadPool, tasks: &[Task], together: usize) -> u64 {
    let (sender, results) = mpsc::channel();
    for tasks in tasks.chunks(together) {
        let (tasks, sender) = (tasks.to_vec(), sender.clone());
        pool.execute(move || {
            let results = tasks.into_iter().map(Task::run).collect::<Vec<u64>>();
            let _ = sender.send(results);
        });
    }
    drop(sender); // or the results would never end
    results.into_iter().flatten().sum()
}

fn in_processes(pool: &Pool, tasks: &[Task]) -> Result<u64> {
    let results = pool.map(tasks.iter().copied()).into_iter();
    results
        .map(|result| result.context("a worker of the pool"))
        .sum()
}

fn median(samples: Option<&Samples>) -> f64 {
    samples.map_or(f64::NAN, Samples::median)
}
