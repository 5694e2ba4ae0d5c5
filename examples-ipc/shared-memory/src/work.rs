//! What the processes do with the memory they share, with the right tool and
//! without.

use std::io::{self, Write};
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use anyhow::{Context, Result, bail};

use crate::shared_memory::{CELLS, Shared};

/// How many processes work at the same time: each has a cell, beside cell 0.
pub const PROCESSES: usize = CELLS - 1;

/// What cell 0 holds in the beginning. This many moves empty it.
pub const TOTAL: i64 = 1_000;

/// What each process can be told to do.
pub const LOAD_STORE: &str = "load, then store";
pub const FETCH_ADD: &str = "fetch_add";
pub const LOCKED_ADD: &str = "under the lock";
pub const MOVE: &str = "move without the lock";
pub const LOCKED_MOVE: &str = "move under the lock";
pub const SLOW_MOVE: &str = "move slowly";

/// How often each process moves 1: all of them together move `TOTAL`.
pub const MOVES: usize = 250;

/// How often each process adds 1.
pub const INCREMENTS: usize = 100_000;

/// The cell of the process with this name.
pub fn cell(name: &str) -> Option<usize> {
    let cell = name.strip_prefix("process-")?.parse().ok()?;
    (1..=PROCESSES).contains(&cell).then_some(cell)
}

/// In a child: does what main says, until main has nothing more to say or is gone.
pub fn serve(cell: usize, path: &Path) -> Result<()> {
    let memory = Shared::open(path);
    let mut memory =
        memory.with_context(|| format!("cannot open {}", path.display()))?;
    while let Some(task) = hear() {
        let _span = shared::span(&task);
        work(&mut memory, &task, cell)?;
        say("done");
    }
    Ok(())
}

fn work(memory: &mut Shared, task: &str, cell: usize) -> Result<()> {
    match task {
        LOAD_STORE => {
            let counter = memory.counter();
            for _ in 0..MOVES {
                let value = counter.load(Relaxed);
                pause(); // until all have loaded
                counter.store(value + 1, Relaxed);
                pause(); // until all have stored
            }
        }
        FETCH_ADD => {
            for _ in 0..INCREMENTS {
                memory.counter().fetch_add(1, Relaxed);
            }
        }
        LOCKED_ADD => {
            for _ in 0..INCREMENTS {
                let guard = memory.lock()?;
                let value = guard.counter().load(Relaxed);
                guard.counter().store(value + 1, Relaxed);
            }
        }
        MOVE => {
            for _ in 0..MOVES {
                move_one(memory.cells(), cell, pause);
                pause(); // until all have moved one
            }
        }
        LOCKED_MOVE => {
            for _ in 0..MOVES {
                let guard = memory.lock()?;
                move_one(guard.cells(), cell, || ());
            }
        }
        SLOW_MOVE => move_one(memory.lock()?.cells(), cell, pause),
        _ => bail!("\"{task}\" is no task"),
    }
    Ok(())
}

/// Moves 1 from cell 0 to another. The sum stays, if nobody comes in between.
fn move_one(cells: &[AtomicI64], to: usize, pause: impl Fn()) {
    let rest = cells[0].load(Relaxed) - 1;
    cells[to].store(cells[to].load(Relaxed) + 1, Relaxed);
    pause();
    cells[0].store(rest, Relaxed);
}

/// Makes the sum right again after a move that was cut off.
pub fn repair(cells: &[AtomicI64]) {
    let others: i64 = cells[1..].iter().map(|cell| cell.load(Relaxed)).sum();
    cells[0].store(TOTAL - others, Relaxed);
}

/// Waits until main says go: when all processes have come to this point.
fn pause() {
    say("pause");
    if hear().is_none() {
        process::exit(1);
    }
}

fn say(words: &str) {
    if writeln!(io::stdout(), "{words}").is_err() {
        process::exit(1); // main is gone: nobody to tell
    }
}

/// The next line from main, or `None` when there will be none.
fn hear() -> Option<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).ok()?;
    Some(line.strip_suffix('\n')?.to_owned())
}
