//! Several processes change a counter and an array in shared memory.
//!
//! - Run it: `cargo run -p shared-memory`
//! - Look for: what is lost without `fetch_add` or a lock, and what the next owner
//!   of the lock finds when a process was killed while it held it.
//! - Python: `shared_memory.py`

mod processes;
mod work;

use std::env;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, Result, bail};
use processes::{spawn_all, spawn_self, wait_for};
use shared_memory::{CELLS, SharedMemory};
use work::wait_for_pause;

/// Each process has a cell of the array, beside cell 0.
const PROCESSES: usize = CELLS - 1;

fn main() -> Result<()> {
    shared::tidy_output();
    // The children are this program, too: a task, a cell and where the memory is.
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [] => parent(),
        [task, cell, path] => work::work(task, cell, path),
        [other, ..] => bail!("there is no role \"{other}\""),
    }
}

fn parent() -> Result<()> {
    let mut memory = SharedMemory::create().context("cannot make shared memory")?;
    count(&memory)?;
    move_to_own_cells(&memory)?;
    kill_one(&mut memory)
}

fn count(memory: &SharedMemory) -> Result<()> {
    println!("{PROCESSES} processes count:");
    let mut children = spawn_all("load-store", PROCESSES, memory.path())?;
    for child in &mut children {
        wait_for_pause(child);
    }
    // Now every process has loaded the counter. Let each of them store it.
    for child in &mut children {
        drop(child.stdin.take());
    }
    wait_for(children)?;
    let counted = memory.counter().swap(0, Relaxed);
    println!("  load, then store: {counted} of {PROCESSES}");

    let total = PROCESSES * work::INCREMENTS;
    for (task, words) in
        [("fetch-add", "fetch_add"), ("locked-add", "under the lock")]
    {
        wait_for(spawn_all(task, PROCESSES, memory.path())?)?;
        let counted = memory.counter().swap(0, Relaxed);
        println!("  {words}: {counted} of {total}");
    }
    Ok(())
}

fn move_to_own_cells(memory: &SharedMemory) -> Result<()> {
    println!("They empty cell 0, each into its own cell:");
    work::fill(memory);
    wait_for(spawn_all("locked-move", PROCESSES, memory.path())?)?;
    println!("  under the lock: {}", array(memory));
    Ok(())
}

fn kill_one(memory: &mut SharedMemory) -> Result<()> {
    println!("process-4 is killed in the middle of a move, under the lock:");
    work::fill(memory);
    let mut child = spawn_self("slow-move", 4, memory.path())?;
    wait_for_pause(&mut child);
    child.kill()?;
    child.wait()?;

    let _span = shared::span("repair");
    let error = memory.lock().err().context("the lock noticed nothing")?;
    println!("  the next owner is told: {error}");
    println!("  found: {}", array(memory));
    drop(memory.repair(work::repair)?);
    println!("  repaired: {}", array(memory));
    wait_for(spawn_all("locked-move", 3, memory.path())?)?;
    println!("  the others continue: {}", array(memory));
    Ok(())
}

fn array(memory: &SharedMemory) -> String {
    let cells = memory.cells().each_ref().map(|cell| cell.load(Relaxed));
    format!("{cells:?}, sum {}", cells.iter().sum::<i64>())
}
