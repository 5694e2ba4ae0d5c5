//! Two workers change one number under a lock, at the same time.

use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Barrier, Mutex};
use std::thread;

use anyhow::{Context, Result, ensure};
use process_pool::pool::Pool;
use shared_memory::SharedMemory;

use super::tasks::Task;
use crate::measure::{Pair, Work};
use crate::row::Row;

pub fn measure() -> Result<Vec<Row>> {
    let _span = shared::span("lock");
    let memory = SharedMemory::create().context("cannot make shared memory")?;
    let pool = Pool::new(2);
    let pair: Pair<Work> = Pair {
        threads: Box::new(threads),
        processes: Box::new(|count| processes(count, &memory, &pool)),
    };
    let name = "change a number under a lock, two at work";
    super::row(name, "a change under a lock", pair)
}

fn threads(count: u64) -> Result<()> {
    let number = Mutex::new(0);
    // Without it, one thread could be done before the other one starts.
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..count.div_ceil(2) {
                    *number.lock().unwrap() += 1;
                }
            });
        }
    });
    let number = number.into_inner().unwrap();
    ensure!(number >= count, "{number} of {count} changes");
    Ok(())
}

/// The workers of the pool are there already, and start when their task comes.
fn processes(count: u64, memory: &SharedMemory, pool: &Pool) -> Result<()> {
    let before = memory.counter().load(Relaxed);
    let mut handles = Vec::new();
    for _ in 0..2 {
        let memory = memory.path().into();
        let count = count.div_ceil(2);
        handles.push(pool.submit(Task::AddUnderLock { memory, count }));
    }
    for handle in handles {
        handle.wait()?;
    }
    let number = memory.counter().load(Relaxed) - before;
    ensure!(number >= count, "{number} of {count} changes");
    Ok(())
}

/// In a worker of the pool. A panic is reported to the parent.
pub fn add(memory: &Path, count: u64) -> u64 {
    let mut memory = SharedMemory::open(memory).expect("the parent has it");
    for _ in 0..count {
        let guard = memory.lock().expect("every owner finishes its change");
        let number = guard.counter().load(Relaxed);
        guard.counter().store(number + 1, Relaxed);
    }
    count
}
