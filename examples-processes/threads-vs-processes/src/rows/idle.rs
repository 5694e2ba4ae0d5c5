//! A worker that has nothing to do: how long it takes to start it and wait for its
//! end, and how much memory it takes (on Linux).

use std::sync::{Barrier, Mutex};
use std::{fs, process, thread};

use anyhow::{Context, Result};

use super::messages::there_and_back;
use crate::channel::send;
use crate::child::Child;
use crate::measure::{Figure, Pair, Work};
use crate::row::{Row, Unit, in_unit};

/// Threads are started in groups, because memory comes in pages.
const GROUP: u32 = 16;
const GROUPS: u32 = 12;
const PROCESSES: u32 = 8;

pub fn start() -> Result<Vec<Row>> {
    let _span = shared::span("start");
    let pair: Pair<Work> = Pair {
        threads: Box::new(|count| {
            for _ in 0..count {
                let started = thread::Builder::new().spawn(|| ());
                let thread = started.context("cannot start a thread")?;
                thread.join().expect("it does nothing");
            }
            Ok(())
        }),
        processes: Box::new(|count| {
            for _ in 0..count {
                drop(Child::start()?);
            }
            Ok(())
        }),
    };
    super::row("start a worker and wait for its end", "a start", pair)
}

pub fn memory() -> Result<Vec<Row>> {
    let _span = shared::span("memory");
    if cfg!(not(target_os = "linux")) {
        eprintln!("The memory of an idle worker is only measured on Linux.");
        return Ok(Vec::new());
    }
    let figures = Pair {
        threads: threads()?,
        processes: processes()?,
    };
    let conclusion = format!(
        "A hundred idle threads take {}, and a hundred idle processes {}.",
        in_unit(100.0 * figures.threads.median, Unit::Bytes),
        in_unit(100.0 * figures.processes.median, Unit::Bytes),
    );
    let mut row = Row::new("one more idle worker", figures, conclusion);
    row.unit = Unit::Bytes;
    Ok(vec![row])
}

fn threads() -> Result<Figure> {
    let end = Mutex::new(());
    let (end, ready) = (&end, &Barrier::new(GROUP as usize + 1));
    thread::scope(|scope| {
        let _keeps_them_idle = end.lock().unwrap();
        let mut samples = Vec::new();
        for _ in 0..GROUPS {
            let before = private_memory(process::id())?;
            for _ in 0..GROUP {
                scope.spawn(|| {
                    ready.wait();
                    drop(end.lock());
                });
            }
            ready.wait();
            let growth = private_memory(process::id())? - before;
            samples.push(growth / f64::from(GROUP));
        }
        Ok(Figure::of(&samples))
    })
}

fn processes() -> Result<Figure> {
    let mut children = Vec::new();
    let mut samples = Vec::new();
    for _ in 0..PROCESSES {
        let mut child = Child::start()?;
        // When it answers, it is there, and waits for the next number.
        child.talk(|channel| send(channel, 0))?;
        child.talk(there_and_back)?;
        samples.push(private_memory(child.id())?);
        children.push(child);
    }
    Ok(Figure::of(&samples))
}

/// The pages that only this process has written to, in bytes. The others, such as
/// its program's, are there once for all processes that use them.
fn private_memory(id: u32) -> Result<f64> {
    let file = format!("/proc/{id}/smaps_rollup");
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let kibibytes = text
        .lines()
        .find_map(|line| line.strip_prefix("Private_Dirty:")?.strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<f64>().ok())
        .with_context(|| format!("there is no Private_Dirty in {file}"))?;
    Ok(1024.0 * kibibytes)
}
