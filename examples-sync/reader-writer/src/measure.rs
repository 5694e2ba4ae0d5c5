//! What a read or a write costs behind a `Mutex`, behind a `RwLock`, and with an
//! atomic, while 1 to all cores do nothing else.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

/// How long all threads read and write before a figure is taken.
const ROUND_TIME: Duration = Duration::from_millis(4);
/// A figure is the median of so many rounds: one for a first look.
const ROUNDS: usize = if cfg!(debug_assertions) { 1 } else { 11 };
/// With more slowdown than this, the figures say more about other programs.
const TOO_BUSY: f64 = 1.4;
/// A lock that is this many times as fast is clearly faster.
const CLEARLY: f64 = 1.25;

/// A number that threads share.
trait Number: Sync {
    /// Reads it. `inside` is how long it must not change.
    fn read(&self, inside: Duration) -> u64;
    /// Adds 1. `inside` is how long no other thread may use it.
    fn write(&self, inside: Duration);
}

impl Number for Mutex<u64> {
    fn read(&self, inside: Duration) -> u64 {
        let number = self.lock().unwrap();
        work(inside);
        *number
    }

    fn write(&self, inside: Duration) {
        let mut number = self.lock().unwrap();
        work(inside);
        *number += 1;
    }
}

impl Number for RwLock<u64> {
    fn read(&self, inside: Duration) -> u64 {
        let number = RwLock::read(self).unwrap();
        work(inside);
        *number
    }

    fn write(&self, inside: Duration) {
        let mut number = RwLock::write(self).unwrap();
        work(inside);
        *number += 1;
    }
}

/// Nothing is kept out: each thread works on a copy.
impl Number for AtomicU64 {
    fn read(&self, inside: Duration) -> u64 {
        let number = self.load(Relaxed);
        work(inside);
        number
    }

    fn write(&self, inside: Duration) {
        work(inside);
        self.fetch_add(1, Relaxed);
    }
}

fn work(time: Duration) {
    if time > Duration::ZERO {
        let start = Instant::now();
        while start.elapsed() < time {}
    }
}

/// What the threads do in a row of the table, and what an operation cost.
struct Row {
    percent_reads: u32,
    inside: Duration,
    threads: u32,
    /// Nanoseconds, of each round.
    mutex: Vec<f64>,
    rwlock: Vec<f64>,
    atomic: Vec<f64>,
}

/// Measures, and prints a line for each row and what follows from them.
pub fn print_table() {
    let cores = thread::available_parallelism()
        .ok()
        .and_then(|cores| u32::try_from(cores.get()).ok())
        .unwrap_or(1);
    let mut rows = all_rows(cores);
    // Each round has all rows, so a busy moment does not spoil all rounds of one.
    for _ in 0..ROUNDS {
        for row in &mut rows {
            row.mutex.push(row.nanos(&Mutex::new(0)));
            row.rwlock.push(row.nanos(&RwLock::new(0)));
            row.atomic.push(row.nanos(&AtomicU64::new(0)));
        }
    }

    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    println!("Nanoseconds per operation ({cores} cores, {build} build):");
    println!("  reads  inside  threads     Mutex    RwLock    atomic");
    for row in &rows {
        println!(
            "  {:>3} %  {:>3} µs  {:>7}  {:>8.1}  {:>8.1}  {:>8.1}",
            row.percent_reads,
            row.inside.as_micros(),
            row.threads,
            median(&row.mutex),
            median(&row.rwlock),
            median(&row.atomic),
        );
    }
    println!("  {}", conclusion(&rows, cores));
}

fn all_rows(cores: u32) -> Vec<Row> {
    let mut rows = Vec::new();
    for percent_reads in [99, 50] {
        for inside in [Duration::ZERO, Duration::from_micros(1)] {
            for threads in thread_counts(cores) {
                rows.push(Row {
                    percent_reads,
                    inside,
                    threads,
                    mutex: Vec::new(),
                    rwlock: Vec::new(),
                    atomic: Vec::new(),
                });
            }
        }
    }
    rows
}

/// 1, 2, 4 and so on, and all cores.
fn thread_counts(cores: u32) -> Vec<u32> {
    let powers = (0..u32::BITS).map(|power| 1 << power);
    let fewer = powers.take_while(|threads| *threads < cores);
    fewer.chain([cores]).collect()
}

impl Row {
    /// Lets all threads use the number at the same time, for a round. Returns the
    /// time for one operation of any of them.
    fn nanos(&self, number: &dyn Number) -> f64 {
        let all_there = Barrier::new(self.threads as usize + 1); // with main
        let time_is_up = AtomicBool::new(false);
        let per_nano: f64 = thread::scope(|scope| {
            let mut threads = Vec::new();
            for _ in 0..self.threads {
                threads.push(scope.spawn(|| {
                    all_there.wait();
                    self.operations_per_nano(number, &time_is_up)
                }));
            }
            all_there.wait();
            thread::sleep(ROUND_TIME);
            time_is_up.store(true, Relaxed);
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        1.0 / per_nano
    }

    /// What one thread does in a round, divided by the time that it took.
    fn operations_per_nano(
        &self,
        number: &dyn Number,
        time_is_up: &AtomicBool,
    ) -> f64 {
        let start = Instant::now();
        let mut operations = 0;
        while operations == 0 || !time_is_up.load(Relaxed) {
            // 37 has no factor in common with 100, so the reads and writes of each
            // 100 operations are mixed.
            if operations % 100 * 37 % 100 < self.percent_reads {
                black_box(number.read(self.inside));
            } else {
                number.write(self.inside);
            }
            operations += 1;
        }
        f64::from(operations) / (start.elapsed().as_secs_f64() * 1e9)
    }

    /// How many times as long the work took as it should, by the atomic, for which
    /// no thread waits. More than once only if other programs use the cores, too.
    fn slowdown(&self) -> f64 {
        let expected = self.inside.as_secs_f64() * 1e9 / f64::from(self.threads);
        if self.inside.is_zero() {
            1.0
        } else {
            median(&self.atomic) / expected
        }
    }

    /// As it stands in the conclusion.
    fn name(&self) -> String {
        let micros = self.inside.as_micros();
        format!("{} % reads of {micros} µs", self.percent_reads)
    }
}

fn median(rounds: &[f64]) -> f64 {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Which lock is faster on all cores, by these figures.
fn conclusion(rows: &[Row], cores: u32) -> String {
    if cores == 1 {
        return "No conclusion: on one core, no two reads overlap.".into();
    }
    let slowdown = rows.iter().map(Row::slowdown).fold(0.0, f64::max);
    if slowdown > TOO_BUSY {
        return format!(
            "No conclusion: other programs had the cores, too. Work without a lock \
             took {slowdown:.1} times as long as it should."
        );
    }

    let mut rwlock = Vec::new();
    let mut mutex = Vec::new();
    for row in rows.iter().filter(|row| row.threads == cores) {
        let ratio = median(&row.mutex) / median(&row.rwlock);
        if ratio > CLEARLY {
            rwlock.push(row.name());
        } else if ratio < 1.0 / CLEARLY {
            mutex.push(row.name());
        }
    }
    format!(
        "On {cores} cores, RwLock is clearly faster for {}, and Mutex for {}.",
        list(&rwlock),
        list(&mutex)
    )
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".into();
    }
    names.join(", ")
}
