//! Threads beside it: what 9, 100 and 1000 waits cost, a task or a thread for each.

use std::fmt::Display;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{fmt, fs, thread};

use anyhow::{Context, Result};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::{sync, time};

const COUNTS: [usize; 3] = [9, 100, 1000];
const WAIT: Duration = Duration::from_millis(100);

/// How long the waits took together, and how much memory they had meanwhile.
struct Cost {
    time: Duration,
    memory: usize, // KiB
}

/// One table row for each count.
pub struct Table(Vec<(usize, Cost, Cost)>);

/// Measures before the program has used and freed memory: a task or a thread that
/// gets such memory again would seem to need none.
pub async fn measure() -> Result<Table> {
    let before = private_memory();
    let mut tasks = Vec::new();
    for count in COUNTS {
        tasks.push(wait_in_tasks(count, before).await);
    }
    let before = private_memory();
    let mut rows = Vec::new();
    for (count, tasks) in COUNTS.into_iter().zip(tasks) {
        let threads = spawn_blocking(move || wait_in_threads(count, before));
        rows.push((count, tasks, threads.await??));
    }
    Ok(Table(rows))
}

async fn wait_in_tasks(count: usize, before: usize) -> Cost {
    let all = Arc::new(sync::Barrier::new(count + 1));
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let all = Arc::clone(&all);
        tasks.spawn(async move {
            time::sleep(WAIT).await;
            all.wait().await; // all have waited
            all.wait().await; // the memory is measured
        });
    }
    all.wait().await;
    let time = start.elapsed();
    let memory = private_memory().saturating_sub(before);
    all.wait().await;
    tasks.join_all().await;
    Cost { time, memory }
}

/// The same with threads.
fn wait_in_threads(count: usize, before: usize) -> Result<Cost> {
    let all = Arc::new(Barrier::new(count + 1));
    let start = Instant::now();
    let mut threads = Vec::new();
    for _ in 0..count {
        let all = Arc::clone(&all);
        let waits = move || {
            thread::sleep(WAIT);
            all.wait();
            all.wait();
        };
        let thread = thread::Builder::new().spawn(waits);
        threads.push(thread.context("cannot start a thousand threads")?);
    }
    all.wait();
    let time = start.elapsed();
    let memory = private_memory().saturating_sub(before);
    all.wait();
    for thread in threads {
        thread.join().expect("it only waits");
    }
    Ok(Cost { time, memory })
}

/// The memory that this process has written to, without files, in KiB.
fn private_memory() -> usize {
    let smaps = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    smaps
        .lines()
        .find_map(|line| line.strip_prefix("Anonymous:")?.strip_suffix("kB"))
        .map_or(0, |number| number.trim().parse().expect("a number"))
}

impl Table {
    pub fn print(&self) {
        println!("{:28}tasks{:16}threads", "", "");
        for (count, tasks, threads) in &self.0 {
            println!("{count:4} waits {tasks} {threads}");
        }
        let (count, tasks, threads) = &self.0[self.0.len() - 1];
        if cfg!(target_os = "linux") {
            let ratio = threads.memory / tasks.memory.max(1);
            println!(
                "{count} threads take {ratio} times the memory of as many tasks"
            );
        } else {
            println!("The memory is only measured on Linux");
        }
    }
}

impl Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { time, memory } = self;
        write!(f, "{:6.2} s {memory:6} KiB", time.as_secs_f64())
    }
}
