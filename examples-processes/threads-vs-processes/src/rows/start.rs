//! Creation: a worker that does nothing is started and waited for.

use std::process::Stdio;
use std::thread;

use anyhow::{Context, Result, ensure};

use super::{Effort, Row};
use crate::child;

pub fn rows(effort: &Effort) -> Result<Vec<Row>> {
    let threads = |times| {
        for _ in 0..times {
            thread::spawn(|| ()).join().expect("it does nothing");
        }
        Ok(())
    };
    let processes = |times| {
        for _ in 0..times {
            let mut child = child::command(&["nothing"])?;
            let ended = child.stdin(Stdio::null()).status();
            let ended = ended.context("cannot start a process")?;
            ensure!(
                ended.success(),
                "the process \"nothing\" ended with {ended}"
            );
        }
        Ok(())
    };
    let mut row = effort.compare(
        "start a worker and wait for its end",
        Box::new(threads),
        Box::new(processes),
    )?;
    row.means = format!(
        "A process costs {:.0} threads to start: start it once, for many jobs.",
        row.ratio().unwrap_or_default()
    );
    Ok(vec![row])
}
