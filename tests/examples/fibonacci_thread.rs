//! What fibonacci-thread alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, trial};

use super::Special;

pub const SPECIAL: Special = Special {
    name: "fibonacci-thread",
    refused: &[
        (&["ten"], 2, "\"ten\""),
        (&["-1"], 2, "\"-1\""),
        (&["1", "2"], 2, "unexpected argument \"2\""),
    ],
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("fibonacci-thread: one too many", one_too_many)]
}

fn one_too_many() -> Checked {
    let run = Program::rust(&Example::named("fibonacci-thread"))
        .arg("188")
        .run()?;
    ensure(run.code() == Some(2), || run.status.to_string())?;
    ensure(
        run.output.contains("188 Fibonacci numbers do not fit"),
        || run.output,
    )
}
