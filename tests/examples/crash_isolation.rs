//! What crash-isolation alone promises.

use libtest_mimic::Trial;
use support::program::files;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::common_form::common_form;
use crate::faults::{limited, not_started};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "crash-isolation",
    refused: &[(&["panic"], 1, "no role \"panic\"")],
    own_output: Some("Python has other crashes than Rust"),
    random: Some(r"(thread '\w+'|panicked at )(?: \(\d+\)|\S+:\d+:\d+)?"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("crash-isolation: a child that cannot be started", || {
            not_started("crash-isolation")
        }),
        unix_trial("crash-isolation: the same in many runs", same_crashes),
    ]
}

/// Also where core files are wanted, and where stacks are as large as they may be.
fn same_crashes() -> Checked {
    const LIMITS: &str = "ulimit -c $(ulimit -H -c) && ulimit -s $(ulimit -H -s)";
    let example = Example::named("crash-isolation");
    let first = Program::rust(&example).run()?.output;
    let lost: Vec<&str> = first
        .lines()
        .filter_map(|line| line.strip_suffix(": the program is lost"))
        .collect();
    ensure(
        lost == ["abort in a thread", "stack overflow in a thread"],
        || first.clone(),
    )?;
    let form = |printed: &str| common_form(&example.name, printed);
    let program = || limited(&example.name, LIMITS);
    many_runs(rounds(), 5, program, |run| {
        ensure(form(&run.output) == form(&first), || run.output.clone())?;
        let files = files(&run.work());
        ensure(files.is_empty(), || format!("core files: {files:?}"))
    })
}
