//! What global-state alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, trial};

use crate::common_form::common_form;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "global-state",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("global-state: the same in many runs", always_two)]
}

/// With a global, each test always finds the guest of the other one, too.
fn always_two() -> Checked {
    let example = Example::named("global-state");
    let chapter = example.printed_in_chapter("cargo run -qp global-state");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    ensure(expected.matches(", global: 2\n").count() == 2, || {
        expected.clone()
    })?;
    many_runs(
        rounds(),
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == expected, || run.output.clone()),
    )
}
