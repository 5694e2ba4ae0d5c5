//! What unix-socket alone promises: whatever is killed, the others end, and say so.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, rounds, trial, unix_trial};

use crate::{faults, runs};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "unix-socket",
    refused: &[
        (&["nonsense"], 1, "not \"nonsense\""),
        (&["client", "only"], 1, "not \"client only\""),
    ],
    // All receive the same, in an order that differs from run to run.
    interchangeable: Some(r"^\[(?:alice|bob|carol)\]"),
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("unix-socket: the same in many runs", || {
            runs::always_in_the_same_form("unix-socket", rounds())
        }),
        unix_trial("unix-socket: the server killed", || killed(" chat")),
        unix_trial("unix-socket: a client killed", || killed(" bob")),
        unix_trial("unix-socket: Ctrl-C to main alone", || {
            faults::parent_interrupted("unix-socket")
        }),
    ]
}

/// Kills a child as soon as it is there. The rest ends, and leaves nothing.
fn killed(child: &str) -> Checked {
    let mut reported = 0;
    for _ in 0..rounds().max(5) {
        let mut run = Program::rust(&Example::named("unix-socket")).start();
        let Some(pid) = run.child(|command| command.ends_with(child)) else {
            run.finish()?.nothing_left()?;
            continue;
        };
        run.kill(pid);
        let run = run.finish()?;
        run.nothing_left()?;
        // It may have been done already.
        if !run.status.success() {
            ensure(run.code() == Some(1), || run.status.to_string())?;
            let panicked = run.output.contains("panicked at");
            let said = run.output.contains("Error: ");
            ensure(said && !panicked, || run.output.clone())?;
            reported += 1;
        }
    }
    ensure(reported > 0, || "none was killed in time".into())
}
