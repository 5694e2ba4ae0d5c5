//! What deadlock alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, trial};

use crate::common_form::common_form;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "deadlock",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("deadlock: the same in many runs", always_stuck)]
}

/// Forced and shown every time, also when many runs disturb each other.
fn always_stuck() -> Checked {
    let example = Example::named("deadlock");
    let chapter = example.printed_in_chapter("cargo run -qp deadlock");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    let line = "\nOpposite order: a deadlock, balances [None, None]\n";
    ensure(expected.contains(line), || expected.clone())?;
    many_runs(
        rounds(),
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == expected, || run.output.clone()),
    )
}
