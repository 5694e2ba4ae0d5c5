//! What deadlock alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, unix_trial};

use crate::common_form::common_form;
use crate::faults::not_started;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "deadlock",
    refused: &[(&["12"], 2, "not \"12\"")],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        unix_trial("deadlock: a child that cannot be started", || {
            not_started("deadlock")
        }),
        unix_trial("deadlock: the same in many runs", always_stuck),
        unix_trial("deadlock: stuck without its parent", stuck_child),
    ]
}

/// Forced and detected every time, also when many runs disturb each other.
fn always_stuck() -> Checked {
    let example = Example::named("deadlock");
    let chapter = example.printed_in_chapter("cargo run -qp deadlock");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    let line = "\nDeadlock: alice waits for bob, bob waits for alice\n";
    ensure(expected.contains(line), || expected.clone())?;
    many_runs(
        rounds(),
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == expected, || run.output.clone()),
    )
}

/// The child gets stuck by itself, and ends because its standard input has ended.
fn stuck_child() -> Checked {
    for _ in 0..2 * rounds() {
        let example = Example::named("deadlock");
        let run = Program::rust(&example).arg("any-order").run()?;
        ensure(run.code() == Some(1), || {
            format!("{}:\n{}", run.status, run.output)
        })?;
        run.nothing_left()?;
    }
    Ok(())
}
