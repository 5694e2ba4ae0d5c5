//! What shared-memory alone promises.

use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::at_many_moments;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "shared-memory",
    refused: &[
        (&["12"], 2, "not \"12\""),
        (&["process-1"], 2, "not \"process-1\""),
        (&["process-0", "/"], 2, "not \"process-0\""),
        (&["process-1", "no/such"], 1, "cannot open no/such: "),
    ],
    own_output: Some("in Python, the lock of a killed process is never free"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![unix_trial("shared-memory: a process killed", || {
        at_many_moments(sharer_killed, &Example::named("shared-memory"))
    })]
}

/// The others end, and how each of them ended is said.
fn sharer_killed(moment: Duration) -> Checked {
    let mut run = Program::rust(&Example::named("shared-memory")).start();
    thread::sleep(moment);
    let process = run.child(|command| command.contains(" process-2 "));
    let Some(process) = process else {
        return Ok(());
    };
    run.kill(process);
    let run = run.finish()?;
    run.nothing_left()?;
    if run.status.success() {
        return Ok(()); // it had done everything
    }
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let last = run.output.lines().last().unwrap_or_default();
    ensure(last.contains("process-2: signal: 9 (SIGKILL)"), || {
        run.output.clone()
    })
}
