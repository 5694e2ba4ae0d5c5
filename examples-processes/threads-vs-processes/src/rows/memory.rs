//! Memory: what one more idle worker takes.

use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::{fs, process, thread};

use anyhow::{Context, Result};

use super::{Effort, Row, Unit, row};
use crate::child::Child;
use crate::measure::Samples;
use crate::table;

/// Workers are added in so many groups, each of which is a sample.
const GROUPS: usize = 9;
const THREADS: usize = 32; // in a group
const PROCESSES: usize = 4;

pub fn rows(_: &Effort) -> Result<Vec<Row>> {
    let name = "one more idle worker";
    if !cfg!(target_os = "linux") {
        let samples = Samples::of(Vec::new());
        let row = row(name, Unit::Bytes, samples.clone(), samples);
        let means = "Not measured here: the program looks into /proc of Linux.";
        let (threads, processes) = (None, None);
        return Ok(vec![Row { threads, processes, means: means.into(), ..row }]);
    }
    let mut row = row(name, Unit::Bytes, threads()?, processes()?);
    let each = row.processes.as_ref().map_or(f64::NAN, Samples::median);
    row.means = format!(
        "A hundred idle processes take {}, since they share their program's pages.",
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
            let all_there = Arc::new(Barrier::new(THREADS + 1));
            for _ in 0..THREADS {
                let there = all_there.clone();
                scope.spawn(move || {
                    there.wait();
                    let _ = wait.lock().unwrap().recv();
                });
            }
            all_there.wait();
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

/// What one of a group takes. The first group also takes what all of them share.
fn each(totals: &[f64], group: usize) -> Samples {
    let growth = totals.windows(2).skip(1);
    Samples::of(growth.map(|pair| (pair[1] - pair[0]) / group as f64).collect())
}

/// The memory of this process and these. What several share counts once.
fn resident(children: &[Child]) -> Result<f64> {
    let ids = children.iter().map(Child::id).chain([process::id()]);
    ids.map(proportional_set_size).sum()
}

/// In bytes. A page that three processes share counts a third in each.
fn proportional_set_size(id: u32) -> Result<f64> {
    let file = format!("/proc/{id}/smaps_rollup");
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("cannot read {file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    let kibibytes = kibibytes.and_then(|number| number.parse::<f64>().ok());
    Ok(kibibytes.with_context(|| format!("no Pss in {file}"))? * 1024.0)
}
