//! Shared state: two workers change one number under a lock.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, ensure};

use super::{Effort, Row};
use crate::child::Child;
use crate::shared_memory::Shared;

const WORKERS: u64 = 2;

pub fn rows(effort: &Effort) -> Result<Vec<Row>> {
    let memory = Shared::create().context("cannot make shared memory")?;
    let path = memory.path().to_str().context("its path is no text")?;
    let mut children = (0..WORKERS)
        .map(|_| Child::start(&["add", path]))
        .collect::<Result<Vec<Child>>>()?;
    children
        .iter_mut()
        .try_for_each(|child| child.hear().map(|_| ()))?;

    let mut row = effort.compare(
        "change a number under a lock, two at work",
        Box::new(threads),
        Box::new(|times| processes(times, &memory, &mut children)),
    )?;
    row.noisy = true; // who gets the lock is chance
    row.means = format!(
        "The lock between processes is {:.0} times as slow: a file's, \
         free if its owner dies.",
        row.ratio().unwrap_or_default()
    );
    Ok(vec![row])
}

fn threads(times: u64) -> Result<()> {
    let number = Mutex::new(0);
    let each = times.div_ceil(WORKERS);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for _ in 0..each {
                    *number.lock().unwrap() += 1;
                }
            });
        }
    });
    let number = number.into_inner().unwrap_or_else(PoisonError::into_inner);
    ensure!(number == WORKERS * each, "{number} of {times} changes");
    Ok(())
}

fn processes(times: u64, memory: &Shared, children: &mut [Child]) -> Result<()> {
    let before = memory.counter().load(Relaxed);
    let each = times.div_ceil(WORKERS);
    for child in &mut *children {
        child.tell(each)?;
    }
    for child in children {
        child.hear()?;
    }
    let changes = memory.counter().load(Relaxed) - before;
    ensure!(changes == WORKERS * each, "{changes} of {times} changes");
    Ok(())
}
