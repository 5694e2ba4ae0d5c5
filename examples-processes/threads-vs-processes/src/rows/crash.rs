//! A crash: one of eight tasks panics or aborts. How many results are lost?

use anyhow::{Context, Result, ensure};

use super::{Effort, Row, Unit, row};
use crate::child;
use crate::measure::Samples;
use crate::pool::{Options, Pool};
use crate::rows::Task;
use crate::worker::TASKS;

pub fn rows(effort: &Effort) -> Result<Vec<Row>> {
    let mut panic = crash(effort, "panic", Task::Panic)?;
    panic.means = "A panic costs its own result, in both: it ends a thread.".into();
    let mut abort = crash(effort, "abort", Task::Abort)?;
    abort.means =
        "An abort ends a process: all of its threads, or one worker of a pool."
            .into();
    Ok(vec![panic, abort])
}

fn crash(effort: &Effort, name: &str, crash: Task) -> Result<Row> {
    // A program of its own: it will be lost.
    let program = child::command(&[name])?.output();
    let program = program.context("cannot start a process")?;
    // A panic leaves the code 0, an abort none (off Unix, a large one).
    let expected = !matches!(program.status.code(), Some(1 | 2));
    ensure!(
        expected,
        "the process \"{name}\" ended with {}",
        program.status
    );
    let done = String::from_utf8_lossy(&program.stdout);
    let lost = TASKS - done.parse().unwrap_or(0);

    let options = Options {
        workers: Some(effort.cores),
        chunk: Some(1), // no task is run twice
        ..Options::default()
    };
    let tasks = (1..TASKS)
        .map(|task| Task::Double(task as u64))
        .chain([crash]);
    let results = Pool::with(options).map(tasks);
    let lost_in_pool = results.iter().filter(|result| result.is_err()).count();

    Ok(row(
        format!("results lost when one of {TASKS} tasks {name}s"),
        Unit::Tasks,
        Samples::of(vec![lost as f64]),
        Samples::of(vec![lost_in_pool as f64]),
    ))
}
