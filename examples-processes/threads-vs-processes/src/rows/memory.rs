//! Memory: what one more idle worker takes.

use std::sync::{Mutex, mpsc};
use std::{fs, process, thread};

use anyhow::{Context, Result};

use super::{Effort, Row, Unit, row};
use crate::child::Child;
use crate::measure::Samples;
use crate::table;

/// Workers are added in so many groups, each of which is a sample.
const GROUPS: usize = 12;
/// The first groups also take what all of them share.
const FIRST: usize = 4;
const THREADS: usize = 32; // in a group
const PROCESSES: usize = 4;

pub fn rows(_: &Effort) -> Result<Vec<Row>> {
    let name = "one more idle worker";
    if !cfg!(target_os = "linux") {
        let samples = Samples::of(Vec::new());
        let row = row(name, Unit::Bytes, samples.clone(), samples);
        let means = "Not measured here: the program looks into /proc of Linux.";
        let (threads, processes) = (None, None);
        return Ok(vec![Row {
            threads,
            processes,
            means: means.into(),
            ..row
        }]);
    }
    let mut row = row(name, Unit::Bytes, threads()?, processes()?);
    row.noisy = true; // of so few pages, some are shared by chance
    let each = row.processes.as_ref().map_or(f64::NAN, Samples::median);
    row.means = format!(
        "A hundred idle processes take {}, for they share their program's code.",
        table::figure(100.0 * each, Unit::Bytes)
    );
    Ok(vec![row])
}

fn threads() -> Result<Samples> {
    let (end, wait) = mpsc::channel::<()>();
    let wait = &Mutex::new(wait);
    thread::scope(move |scope| {
        let mut totals = Vec::new();
        for _ in 0..=GROUPS {
            totals.push(resident(&[])?);
            let (there, all_there) = mpsc::channel::<()>();
            for _ in 0..THREADS {
                let there = there.clone();
                let work = move || {
                    drop(there);
                    let _ = wait.lock().unwrap().recv();
                };
                let started = thread::Builder::new().spawn_scoped(scope, work);
                started.context("cannot start a thread")?;
            }
            drop(there);
            let _ = all_there.recv(); // ends when nobody is left to send
        }
        drop(end); // an error drops it, too
        Ok(each(&totals, THREADS))
    })
}

fn processes() -> Result<Samples> {
    let mut children: Vec<Child> = Vec::new();
    let mut totals = Vec::new();
    for _ in 0..=GROUPS {
        totals.push(resident(&children)?);
        for _ in 0..PROCESSES {
            let mut child = Child::start(&["idle"])?;
            child.hear()?; // it is there
            children.push(child);
        }
    }
    Ok(each(&totals, PROCESSES))
}

/// What one of a group takes.
fn each(totals: &[f64], group: usize) -> Samples {
    let growth = totals.windows(2).skip(FIRST);
    Samples::of(
        growth
            .map(|pair| (pair[1] - pair[0]) / group as f64)
            .collect(),
    )
}

/// What this process and these would give back at their end, in bytes.
fn resident(children: &[Child]) -> Result<f64> {
    let ids = children.iter().map(Child::id).chain([process::id()]);
    ids.map(private_memory).sum()
}

/// The pages that a process alone has written to. The others are those of files,
/// its program's say, and are there once for all that use them.
fn private_memory(id: u32) -> Result<f64> {
    let file = format!("/proc/{id}/smaps_rollup");
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("cannot read {file}"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Private_Dirty:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes = kibibytes.and_then(|number| number.parse::<f64>().ok());
    Ok(kibibytes.with_context(|| format!("cannot read {file}"))? * 1024.0)
}
