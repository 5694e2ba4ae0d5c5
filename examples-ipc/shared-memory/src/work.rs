//! What the processes do with the memory that they share.

use std::io::{self, BufRead, BufReader};
use std::process::Child;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use anyhow::{Context, Result, bail, ensure};
use shared_memory::{CELLS, SharedMemory};

use crate::processes::end_with_parent;

/// How often each process adds 1.
pub const INCREMENTS: usize = 100_000;
/// How often each process moves 1.
const MOVES: usize = 250;
/// What all cells hold together.
const TOTAL: i64 = 1_000;

/// The whole life of a child.
pub fn work(task: &str, cell: &str, path: &str) -> Result<()> {
    let cell = cell.parse::<usize>().context("not a cell")?;
    ensure!(
        (1..CELLS).contains(&cell),
        "there is no cell {cell} to fill"
    );
    let mut memory = SharedMemory::open(path.as_ref())
        .with_context(|| format!("cannot open {path}"))?;

    let _span = shared::span(task);
    match task {
        "load-store" => {
            let count = memory.counter().load(Relaxed);
            pause(); // until every process has loaded the same number
            memory.counter().store(count + 1, Relaxed);
        }
        "fetch-add" => {
            end_with_parent();
            for _ in 0..INCREMENTS {
                memory.counter().fetch_add(1, Relaxed);
            }
        }
        "locked-add" => {
            end_with_parent();
            for _ in 0..INCREMENTS {
                let guard = memory.lock()?;
                let count = guard.counter().load(Relaxed);
                guard.counter().store(count + 1, Relaxed);
            }
        }
        "locked-move" => {
            end_with_parent();
            for _ in 0..MOVES {
                move_one(memory.lock()?.cells(), cell, || ());
            }
        }
        "slow-move" => move_one(memory.lock()?.cells(), cell, pause),
        other => bail!("there is no task \"{other}\""),
    }
    Ok(())
}

/// Puts everything into cell 0.
pub fn fill(memory: &SharedMemory) {
    for (cell, value) in memory.cells().iter().zip([TOTAL, 0, 0, 0, 0]) {
        cell.store(value, Relaxed);
    }
}

/// Moves 1 from cell 0 to another cell. Without a lock, other processes see the sum
/// of all cells change in between.
fn move_one(cells: &[AtomicI64], to: usize, pause: impl Fn()) {
    let rest = cells[0].load(Relaxed) - 1;
    cells[to].store(cells[to].load(Relaxed) + 1, Relaxed);
    pause();
    cells[0].store(rest, Relaxed);
}

/// Makes the sum right again after a move that was cut off.
pub fn repair(memory: &SharedMemory) {
    let cells = memory.cells();
    let others: i64 = cells[1..].iter().map(|cell| cell.load(Relaxed)).sum();
    cells[0].store(TOTAL - others, Relaxed);
}

/// In a child: waits until the parent closes its lifeline, or ends.
fn pause() {
    println!("paused");
    io::stdin().read_line(&mut String::new()).ok();
}

/// In the parent: waits until the child has called `pause`, or has ended.
pub fn wait_for_pause(child: &mut Child) {
    let stdout = child.stdout.as_mut().expect("it is piped");
    BufReader::new(stdout).read_line(&mut String::new()).ok();
}
