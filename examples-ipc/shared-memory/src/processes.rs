//! The processes: how the parent starts them and waits for them, and how they end
//! when the parent does.

use std::io;
use std::path::Path;
use std::process::{self, Child, Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result, ensure};

/// Starts this program again, with a task, a cell, and the path of the memory as
/// its arguments.
pub fn spawn_self(task: &str, cell: usize, memory: &Path) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg(task)
        .arg(cell.to_string())
        .arg(memory)
        .stdin(Stdio::piped()) // the lifeline: it ends when this process does
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start process-{cell}"))
}

/// Starts this many processes that do the same at the same time.
pub fn spawn_all(task: &str, count: usize, memory: &Path) -> Result<Vec<Child>> {
    let mut children = Vec::new();
    for cell in 1..=count {
        children.push(spawn_self(task, cell, memory)?);
    }
    Ok(children)
}

/// Waits for the end of all children, and says how each ended if one failed.
pub fn wait_for(children: Vec<Child>) -> Result<()> {
    let mut ends = Vec::new();
    let mut all_well = true;
    for (mut child, number) in children.into_iter().zip(1..) {
        let lifeline = child.stdin.take(); // or `wait` would close it
        let status = child.wait()?;
        drop(lifeline);
        all_well &= status.success();
        ends.push(format!("process-{number}: {status}"));
    }
    ensure!(all_well, ends.join(", "));
    Ok(())
}

/// In a child: ends it when the parent has ended, however that happened.
pub fn end_with_parent() {
    thread::spawn(|| {
        io::stdin().read_line(&mut String::new()).ok(); // no line ever comes
        process::exit(1);
    });
}
