//! A counter and an array that four processes change: with the right tool nothing
//! is lost.
//!
//! - Run it: `cargo run -p shared-memory`
//! - Look for: what is lost without it, and the lock of a process that is killed.
//! - Python: `shared_memory.py`

mod shared_memory;
mod team;
#[cfg(test)]
mod tests;
mod work;

use std::env;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Context, Result};

use shared_memory::Shared;
use team::Team;
use work::{PROCESSES, TOTAL};

fn main() -> ExitCode {
    shared::tidy_output();
    let args: Vec<_> = env::args_os().skip(1).collect();
    let cell = args.first().and_then(|name| work::cell(name.to_str()?));
    let result = match (&args[..], cell) {
        ([], _) => supervise(),
        ([_, path], Some(cell)) => work::serve(cell, Path::new(path))
            .with_context(|| format!("process-{cell}")),
        ([other, ..], _) => {
            let other = other.display();
            let _ = writeln!(io::stderr(), "expected no argument, not \"{other}\"");
            return ExitCode::from(2);
        }
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // One write: others may fail at the same moment.
    let _ = io::stderr().write_all(format!("{error:#}\n").as_bytes());
    ExitCode::FAILURE
}

fn supervise() -> Result<()> {
    let mut memory = Shared::create().context("cannot make shared memory")?;
    let mut team = Team::start(PROCESSES, memory.path())?;

    say(format_args!("{PROCESSES} processes count:"))?;
    let tasks = [
        (work::LOAD_STORE, work::MOVES),
        (work::FETCH_ADD, work::INCREMENTS),
        (work::LOCKED_ADD, work::INCREMENTS),
    ];
    let mut costs = Vec::new();
    for (task, increments) in tasks {
        memory.counter().store(0, Relaxed);
        let time = team.work(task)?;
        let (counted, all) =
            (memory.counter().load(Relaxed), PROCESSES * increments);
        say(format_args!("  {task}: {counted} of {all}"))?;
        costs.push(time.as_nanos() / all as u128);
    }

    say(format_args!("They empty cell 0, each into its own cell:"))?;
    for task in [work::MOVE, work::LOCKED_MOVE] {
        fill(&memory);
        team.work(task)?;
        say(format_args!("  {task}: {}", array(&memory)))?;
    }

    fill(&memory);
    let name = team.kill_one_at(work::SLOW_MOVE)?;
    say(format_args!(
        "{name} is killed in the middle of a move, under the lock:"
    ))?;
    let _span = shared::span("repair");
    let told = memory
        .lock()
        .err()
        .context("the lock knows nothing of it")?;
    say(format_args!("  the next owner is told: {told}"))?;
    say(format_args!("  found: {}", array(&memory)))?;
    drop(memory.repair(|memory| work::repair(memory.cells()))?);
    say(format_args!("  repaired: {}", array(&memory)))?;
    team.work(work::LOCKED_MOVE)?;
    say(format_args!("  the others go on: {}", array(&memory)))?;

    say(format_args!("An increment with fetch_add: {} ns", costs[1]))?;
    say(format_args!("An increment under the lock: {} ns", costs[2]))
}

/// Puts everything into cell 0.
fn fill(memory: &Shared) {
    for (cell, value) in memory.cells().iter().zip([TOTAL, 0, 0, 0, 0]) {
        cell.store(value, Relaxed);
    }
}

fn array(memory: &Shared) -> String {
    let cells = memory.cells().each_ref().map(|cell| cell.load(Relaxed));
    format!("{cells:?}, sum {}", cells.iter().sum::<i64>())
}

fn say(line: impl Display) -> Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
