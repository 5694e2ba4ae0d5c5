//! What print-numbers-process alone promises.

use libtest_mimic::{Failed, Trial};
use support::{Checked, Example, Program, Running, ensure, unix_trial};

use crate::faults::{not_started, same_as_file, sigchld_ignored};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "print-numbers-process",
    refused: &[(&["5"], 1, "no role \"5\"")],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial(
            "print-numbers-process: a child that cannot be started",
            || not_started("print-numbers-process"),
        ),
        unix_trial("print-numbers-process: child killed", child_killed),
        unix_trial("print-numbers-process: SIGCHLD ignored", no_status),
        unix_trial(
            "print-numbers-process: child ends with its parent",
            child_ends_with_parent,
        ),
    ]
}

/// The child of print-numbers-process, as soon as it is there.
fn start_print_numbers() -> Result<(Running, u32), Failed> {
    let mut run = Program::rust(&Example::named("print-numbers-process")).start();
    let child = run.child(|command| command.ends_with(" child"));
    Ok((run, child.ok_or("there is no child")?))
}

fn child_killed() -> Checked {
    let (run, child) = start_print_numbers()?;
    run.kill(child);
    let run = run.finish()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    ensure(!run.output.contains("finished"), || run.output.clone())?;
    let last = run.output.lines().last().unwrap_or_default();
    same_as_file("print-numbers-process", "killed.txt", &format!("{last}\n"))?;
    Ok(run.nothing_left()?)
}

/// One message says what is wrong, and how to cure it.
fn no_status() -> Checked {
    let run = sigchld_ignored("print-numbers-process", &[]).run()?;
    ensure(run.code() == Some(1), || run.status.to_string())?;
    let cure = "Then put `env --default-signal=CHLD` before the command";
    ensure(run.output.contains(cure), || run.output.clone())?;
    Ok(run.nothing_left()?)
}

fn child_ends_with_parent() -> Checked {
    let (run, _) = start_print_numbers()?;
    run.kill(run.pid());
    let run = run.finish()?; // the output ends with the child
    ensure(!run.output.contains("Process: 4"), || {
        format!("it went on:\n{}", run.output)
    })?;
    Ok(run.others_end()?)
}
