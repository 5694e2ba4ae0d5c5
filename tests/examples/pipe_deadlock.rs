//! What pipe-deadlock alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "pipe-deadlock",
    refused: &[(&["10"], 1, "no role \"10\"")],
    random: Some(r"(stuck after )\d+"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("pipe-deadlock: a stuck child killed", stuck_child_killed),
        unix_trial("pipe-deadlock: echo without parent", alone),
        unix_trial("pipe-deadlock: a child that cannot be started", || {
            no_pipes("pipe-deadlock")
        }),
        unix_trial("pipe-deadlock: Ctrl-C for the parent", || {
            parent_interrupted("pipe-deadlock")
        }),
    ]
}

/// The child is killed while it is stuck: the parent says so, and ends.
fn stuck_child_killed() -> Checked {
    let mut run = Program::rust(&Example::named("pipe-deadlock")).start();
    let child = run.child(|command| command.ends_with(" echo"));
    run.kill(child.ok_or("there is no child")?);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || {
        format!("{}:\n{}", run.status, run.output)
    })?;
    let said = run
        .output
        .starts_with("Error: the child: signal: 9 (SIGKILL)\n");
    ensure(said, || run.output.clone())?;
    Ok(run.nothing_left()?)
}

/// To the child, an input that has ended is only empty.
fn alone() -> Checked {
    let run = Program::rust(&Example::named("pipe-deadlock"))
        .arg("echo")
        .run()?;
    ensure(run.code() == Some(0), || run.status.to_string())?;
    ensure(run.output.is_empty(), || run.output.clone())?;
    Ok(run.nothing_left()?)
}
