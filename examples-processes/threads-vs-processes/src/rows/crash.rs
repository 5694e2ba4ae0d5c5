//! One of eight tasks crashes. How many results are lost?

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{panic, thread};

use anyhow::Result;
use process_pool::pool::{Cause, Options, Pool};

use super::tasks::Task;
use crate::measure::{Figure, Pair};
use crate::row::{Row, TASKS, Unit};

pub fn measure() -> Result<Vec<Row>> {
    let _span = shared::span("crash");
    Ok(vec![
        lost_results("panics", Task::Panic, Task::PanicInOneThread)?,
        lost_results("aborts", Task::Abort, Task::AbortInOneThread)?,
    ])
}

fn lost_results(verb: &str, crash: Task, crash_in_thread: Task) -> Result<Row> {
    let pool = Pool::with(Options {
        chunk: Some(1), // or the tasks beside an abort would be run twice
        ..Options::default()
    });
    // The threads are those of a worker, which may be lost with all of them.
    let survivors = match pool.submit(crash_in_thread).wait() {
        Ok(survivors) => u32::try_from(survivors)?,
        Err(error) if matches!(error.cause, Cause::Died(_)) => 0,
        Err(error) => return Err(error.into()),
    };
    let in_threads = TASKS - survivors;

    let mut tasks = vec![crash];
    tasks.resize(TASKS as usize, Task::Double(1));
    let results = pool.map(tasks);
    let in_processes = results.filter(Result::is_err).count();

    let figures = Pair {
        threads: Figure::of(&[f64::from(in_threads)]),
        processes: Figure::of(&[in_processes as f64]),
    };
    let name = format!("results lost when one of {TASKS} tasks {verb}");
    let conclusion = format!(
        "If a task {verb}, threads lose {in_threads} of {TASKS} results, \
         and processes {in_processes}."
    );
    let mut row = Row::new(&name, figures, conclusion);
    row.unit = Unit::Results;
    Ok(row)
}

/// In a worker: one thread crashes while the others are at work. Returns how many
/// threads come to their end.
pub fn survivors(crash: fn() -> u64) -> u64 {
    panic::set_hook(Box::new(|_| ())); // it is on purpose, so it prints nothing
    let end = Barrier::new(TASKS as usize);
    let survivors = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 1..TASKS {
            scope.spawn(|| {
                end.wait(); // until the other thread has crashed
                survivors.fetch_add(1, Relaxed);
            });
        }
        let crashed = scope.spawn(crash).join();
        survivors.fetch_add(u64::from(crashed.is_ok()), Relaxed);
        end.wait();
    });
    survivors.into_inner()
}
