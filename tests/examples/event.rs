//! What event alone promises.

use libtest_mimic::Trial;
use support::{Checked, Example, Program, ensure, many_runs, rounds, trial};

use crate::common_form::common_form;

use super::Special;

pub const SPECIAL: Special = Special {
    name: "event",
    trials,
    ..Special::NOTHING
};

pub fn trials() -> Vec<Trial> {
    vec![trial("event: the same in many runs", always_lost)]
}

/// The notification is lost every time, also when many runs disturb each other.
fn always_lost() -> Checked {
    let example = Example::named("event");
    let chapter = example.printed_in_chapter("cargo run -qp event");
    let form = |printed: &str| common_form(&example.name, printed);
    let expected = form(&chapter.ok_or("the chapter does not show the run")?);
    let line =
        "\nA notification without a flag keeps out a thread that comes late\n";
    ensure(expected.contains(line), || expected.clone())?;
    many_runs(
        rounds(),
        20,
        || Program::rust(&example),
        |run| ensure(form(&run.output) == expected, || run.output.clone()),
    )
}
