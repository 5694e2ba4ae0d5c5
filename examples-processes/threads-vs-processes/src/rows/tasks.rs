//! Tasks for a pool of threads and a pool of processes: tiny ones, some that
//! compute, and some that wait.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use std::{iter, process, thread};

use anyhow::{Result, ensure};
use process_pool::pool::{Job, Options, Pool};
use serde::{Deserialize, Serialize};
use threadpool::ThreadPool;

use super::{TIME, compare, crash, lock};
use crate::DEBUG;
use crate::machine::cores;
use crate::measure::{Pair, Work, in_turn};
use crate::row::{Row, Unit, in_unit};

/// The first number that is tested: a large one, so that each is some work.
const FIRST: u64 = 100_000_000;
/// Among how many tasks the numbers are shared.
const SHARES: u64 = if DEBUG { 24 } else { 96 };

const WAIT: Duration = Duration::from_millis(5);

/// What the workers of both pools can do.
#[derive(Clone, Serialize, Deserialize)]
pub enum Task {
    Double(u64),
    CountPrimes { from: u64, below: u64 },
    Wait,
    AddUnderLock { memory: PathBuf, count: u64 },
    Panic,
    Abort,
    PanicInOneThread,
    AbortInOneThread,
}

impl Job for Task {
    type Output = u64;

    fn run(self) -> u64 {
        match self {
            Task::Double(number) => 2 * number,
            Task::CountPrimes { from, below } => count_primes(from, below),
            Task::Wait => {
                thread::sleep(WAIT);
                0
            }
            Task::AddUnderLock { memory, count } => lock::add(&memory, count),
            Task::Panic => panic!("on purpose"),
            Task::Abort => process::abort(),
            Task::PanicInOneThread => crash::survivors(|| Task::Panic.run()),
            Task::AbortInOneThread => crash::survivors(|| Task::Abort.run()),
        }
    }
}

type Tasks = Box<dyn Iterator<Item = Task>>;

/// A pool of each kind, that sends up to `chunk` tasks to a worker at once.
struct Pools {
    threads: ThreadPool,
    processes: Pool,
    chunk: usize,
}

impl Pools {
    fn new(workers: usize, chunk: usize) -> Self {
        Self {
            threads: ThreadPool::new(workers),
            processes: Pool::with(Options {
                workers: Some(workers),
                chunk: Some(chunk),
                ..Options::default()
            }),
            chunk,
        }
    }

    /// A batch of the work is to do all these tasks at once, in either pool.
    fn all_at_once(&self, tasks: fn(u64) -> Tasks) -> Pair<Work<'_>> {
        Pair {
            threads: Box::new(move |count| self.do_in_threads(tasks(count))),
            processes: Box::new(move |count| self.do_in_processes(tasks(count))),
        }
    }

    fn do_in_threads(&self, mut tasks: impl Iterator<Item = Task>) -> Result<()> {
        let (sender, results) = mpsc::channel();
        let mut missing = 0;
        loop {
            let chunk: Vec<Task> = tasks.by_ref().take(self.chunk).collect();
            if chunk.is_empty() {
                break;
            }
            missing += chunk.len();
            let sender = sender.clone();
            self.threads.execute(move || {
                let results: Vec<u64> = chunk.into_iter().map(Task::run).collect();
                sender.send(results).expect("they are received below");
            });
        }
        drop(sender); // or the results would never end
        for results in results {
            missing -= results.len();
        }
        ensure!(missing == 0, "a thread has panicked");
        Ok(())
    }

    fn do_in_processes(&self, tasks: impl Iterator<Item = Task>) -> Result<()> {
        for result in self.processes.map(tasks) {
            result?;
        }
        Ok(())
    }
}

/// Tiny tasks: each is sent when the one before has come back, or all at once.
pub fn tiny() -> Result<Vec<Row>> {
    let _span = shared::span("tiny tasks");
    let pools = Pools::new(cores(), 1000);
    let alone = compare(Pair {
        threads: Box::new(|count| {
            for number in 0..count {
                pools.do_in_threads(iter::once(Task::Double(number)))?;
            }
            Ok(())
        }),
        processes: Box::new(|count| {
            for number in 0..count {
                pools.processes.submit(Task::Double(number)).wait()?;
            }
            Ok(())
        }),
    })?;
    let in_chunks = compare(pools.all_at_once(tiny_tasks))?;
    let times = alone.times_as_long_as(in_chunks);
    let gain = format!("Compared with this, one by one takes {times}.");
    let alone_name = "a tiny task through a pool, one by one";
    let chunks_name = "a tiny task through a pool, in chunks of 1000";
    Ok(vec![
        Row::new(alone_name, alone, alone.compare("the way there and back")),
        Row::new(chunks_name, in_chunks, gain),
    ])
}

fn tiny_tasks(count: u64) -> Tasks {
    Box::new((0..count).map(Task::Double))
}

/// The same computation on more and more workers.
pub fn compute() -> Result<Vec<Row>> {
    let _span = shared::span("compute");
    let points = points(cores());
    let mut pools = Vec::new();
    for workers in &points {
        pools.push(Pools::new(*workers, 1));
    }
    let mut pairs = Vec::new();
    for pools in &pools {
        pairs.push(pools.all_at_once(numbers));
    }
    let curve = in_turn(3 * TIME, pairs)?;

    let mut rows = Vec::new();
    for (&workers, &figures) in points.iter().zip(&curve) {
        let mut row = if workers == 1 {
            let conclusion = figures.compare("a computation");
            Row::new("compute, a number, 1 worker", figures, conclusion)
        } else {
            let name = format!("compute, a number, {workers} workers");
            let gain = curve[0].times_as_long_as(figures);
            let conclusion = format!("Compared with this, 1 worker takes {gain}.");
            Row::new(&name, figures, conclusion)
        };
        row.workers = Some(workers);
        rows.push(row);
    }
    Ok(rows)
}

/// Tests this many numbers.
fn numbers(count: u64) -> Tasks {
    Box::new((0..SHARES).map(move |share| Task::CountPrimes {
        from: FIRST + share * count / SHARES,
        below: FIRST + (share + 1) * count / SHARES,
    }))
}

/// By trial division, which keeps a core busy.
fn count_primes(from: u64, below: u64) -> u64 {
    (from..below)
        .filter(|number| (2..=number.isqrt()).all(|divisor| number % divisor != 0))
        .count() as u64
}

/// 1, 2, 4 and so on, up to the number of cores. There are at least two.
pub fn points(cores: usize) -> Vec<usize> {
    let most = cores.max(2);
    let powers = (0..16).map(|power| 1 << power);
    powers.filter(|point| *point < most).chain([most]).collect()
}

/// Sleep stands for waiting for a network or a disk.
pub fn wait() -> Result<Vec<Row>> {
    let _span = shared::span("wait");
    let figures = compare(Pools::new(16, 1).all_at_once(waits))?;
    let one_by_one = in_unit(64.0 * WAIT.as_secs_f64(), Unit::Seconds);
    let conclusion = format!("One by one, this would take {one_by_one}.");
    let name = "wait 64 times 5 ms, 16 workers";
    Ok(vec![Row::new(name, figures, conclusion)])
}

fn waits(count: u64) -> Tasks {
    Box::new((0..64 * count).map(|_| Task::Wait))
}
