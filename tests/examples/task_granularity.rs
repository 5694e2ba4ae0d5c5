//! What task-granularity alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::at_many_moments;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "task-granularity",
    refused: &[
        (&["-1"], 2, "not \"-1\""),
        (&["10001"], 2, "not \"10001\""),
        (&["NaN"], 2, "not \"NaN\""),
        (&["1", "2"], 2, "unexpected argument \"2\""),
    ],
    own_output: Some("Python has no debug build to warn of"),
    random: Some(r"(^ +(?:loop|\d+) |Workers: |has to take ).*"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![unix_trial("task-granularity: a worker killed", || {
        at_many_moments(worker_killed, &Example::named("task-granularity"))
    })]
}

/// A worker dies: the run is as always, or, if a job travelled alone, one line says
/// what happened to it.
fn worker_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("task-granularity")).start();
    thread::sleep(moment);
    let worker = run.child(|command| command.contains(" --pool-worker "));
    let Some(worker) = worker else { return Ok(()) }; // all is done
    run.kill(worker);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return ensure(run.output.contains("in chunks of 1000"), || run.output);
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last();
    let said = last == Some("its worker ended with signal: 9 (SIGKILL)");
    ensure(said, || run.output.clone())
}
