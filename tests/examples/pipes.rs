//! What pipes alone promises.

use std::fs;

use libtest_mimic::Trial;
use support::program::binary;
use support::{Checked, Example, Program, ensure, unix_trial};

use crate::faults::{no_pipes, parent_interrupted};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "pipes",
    refused: &[(&["10"], 1, "no role \"10\"")],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![
        // To the sender, the input that has ended is only empty.
        unix_trial("pipes: sender without parent", || alone("sender", 0)),
        unix_trial("pipes: echo without parent", || alone("echo", 1)),
        unix_trial("pipes: a child that cannot be started", || {
            no_pipes("pipes")
        }),
        unix_trial("pipes: a reader that goes away", reader_goes_away),
        unix_trial("pipes: Ctrl-C for the parent", || {
            parent_interrupted("pipes")
        }),
    ]
}

/// If you write to a reader that is gone, you get an error that you can report. No
/// signal ends you.
fn reader_goes_away() -> Checked {
    let script = "{ \"$0\" sender 2>errors; echo code $? >&2; } | head -c 9";
    let run = Program::new("sh")
        .args(["-c", script])
        .arg(binary("pipes"))
        .run()?;
    ensure(run.output.contains("code 1\n"), || run.output.clone())?;
    let errors = fs::read_to_string(run.work().join("errors"))?;
    let said = "Error: cannot send\n\nCaused by:\n    Broken pipe (os error 32)\n";
    ensure(errors == said, || errors.clone())?;
    Ok(run.nothing_left()?)
}

/// A role whose standard input has ended already: there is no parent.
fn alone(role: &str, code: i32) -> Checked {
    let run = Program::rust(&Example::named("pipes")).arg(role).run()?;
    ensure(run.code() == Some(code), || run.status.to_string())?;
    ensure(!run.output.contains("panicked"), || run.output.clone())?;
    Ok(run.nothing_left()?)
}
